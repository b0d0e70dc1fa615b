import type { Failure, FailureNext } from './failures.ts';

/** Wrong details: the seller must enter other details. */
const details = {
  external_request: 'Your details were questioned by an organization outside Stripe',
  information_missing: 'Your details are not complete',
  invalid_address_city_state_postal_code:
    'Your city, state and postal code do not match each other',
  invalid_address_cmra_address: 'Your address is that of a mail agency',
  invalid_address_highway_contract_box: 'Your address is a highway contract box',
  invalid_address_private_mailbox: 'Your address is a private mailbox',
  invalid_address_registered_agent_address: 'Your address is that of a registered agent',
  invalid_business_profile_name: 'Your business name is not valid',
  invalid_business_profile_name_denylisted: 'Your business name may not be used',
  invalid_company_name_denylisted: 'Your company’s name may not be used',
  invalid_dob_age_over_maximum: 'Your date of birth is too long ago',
  invalid_product_description_length: 'Your product description is too short or too long',
  invalid_product_description_url_match: 'Your product description is only a web address',
  invalid_representative_country: 'Your representative lives in a country that is not allowed',
  invalid_signator: 'Your signatory is not allowed to sign',
  invalid_statement_descriptor_business_mismatch:
    'Your text for bank statements does not name your business',
  invalid_statement_descriptor_denylisted: 'Your text for bank statements may not be used',
  invalid_statement_descriptor_length: 'Your text for bank statements is too short or too long',
  invalid_statement_descriptor_prefix_denylisted:
    'Your short text for bank statements may not be used',
  invalid_statement_descriptor_prefix_mismatch:
    'Your short text for bank statements does not name your business',
  invalid_street_address: 'Your street or house number is not known',
  invalid_tax_id: 'Your tax id is not valid',
  invalid_tax_id_format: 'Your tax id has the wrong format',
  invalid_tos_acceptance: 'Your consent to Stripe’s terms is not valid',
  invalid_url_denylisted: 'Your web address may not be used',
  invalid_url_format: 'Your web address has the wrong format',
  invalid_url_length: 'Your web address is too long',
  invalid_url_web_presence_detected: 'Your business has a web address that you did not enter',
  invalid_url_website_business_information_mismatch: 'Your website names another business',
  invalid_url_website_empty: 'Your website is empty',
  invalid_url_website_inaccessible: 'Your website cannot be reached',
  invalid_url_website_inaccessible_geoblocked: 'Your website is closed to some countries',
  invalid_url_website_inaccessible_password_protected: 'Your website asks for a password',
  invalid_url_website_incomplete: 'Your website lacks required information',
  invalid_url_website_incomplete_cancellation_policy: 'Your website does not say how to cancel',
  invalid_url_website_incomplete_customer_service_details:
    'Your website does not say how to reach the business',
  invalid_url_website_incomplete_legal_restrictions: 'Your website lacks its legal restrictions',
  invalid_url_website_incomplete_refund_policy: 'Your website does not say how refunds work',
  invalid_url_website_incomplete_return_policy: 'Your website does not say how returns work',
  invalid_url_website_incomplete_terms_and_conditions: 'Your website lacks terms and conditions',
  invalid_url_website_incomplete_under_construction: 'Your website is under construction',
  invalid_url_website_other: 'Your website is not accepted',
  invalid_value_other: 'Your entry is not valid',
  unresolvable_ip_address: 'Your consent came from an unknown internet address',
  unresolvable_postal_code: 'Your postal code is not known',
  verification_directors_mismatch: 'Your directors differ from those in the register',
  verification_extraneous_directors: 'Your list names directors who are not in the register',
  verification_failed_address_match: 'Your address does not match the records',
  verification_failed_business_iec_number: 'Your import and export code does not match the records',
  verification_failed_document_match: 'Your document does not match what you entered',
  verification_failed_id_number_match: 'Your identity number does not match the records',
  verification_failed_keyed_identity: 'Your name, birthday or number does not match the records',
  verification_failed_keyed_match: 'Your details do not match the records',
  verification_failed_name_match: 'Your name does not match the records',
  verification_failed_residential_address: 'Your home address could not be verified',
  verification_failed_tax_id_match: 'Your tax id does not belong to the name you entered',
  verification_failed_tax_id_not_issued: 'Your tax id was never issued',
  verification_legal_entity_structure_mismatch:
    'Your business has a different legal form from the one you chose',
  verification_missing_directors: 'Your list lacks directors',
  verification_missing_executives: 'Your list lacks executives',
  verification_missing_owners: 'Your list lacks owners',
  verification_rejected_ownership_exemption_reason:
    'Your reason for not naming owners was not accepted',
  verification_token_stale: 'Your details were entered too long ago',
};

/** Wrong documents: the seller must upload another one. */
const documents = {
  verification_document_address_mismatch: 'Your document shows another address',
  verification_document_address_missing: 'Your document shows no address',
  verification_document_corrupt: 'Your file cannot be opened',
  verification_document_country_not_supported:
    'Your document is from a country that is not accepted',
  verification_document_directors_mismatch: 'Your document names other directors',
  verification_document_dob_mismatch: 'Your document shows another date of birth',
  verification_document_duplicate_type: 'Your two documents are of the same kind',
  verification_document_expired: 'Your document has expired',
  verification_document_failed_copy: 'Your document is a copy; the original is needed',
  verification_document_failed_greyscale: 'Your picture is not in colour',
  verification_document_failed_other: 'Your document could not be verified',
  verification_document_id_number_mismatch: 'Your document shows another identity number',
  verification_document_id_number_missing: 'Your document shows no identity number',
  verification_document_incomplete: 'Your document is not complete',
  verification_document_invalid: 'Your document is not an accepted kind of document',
  verification_document_issue_or_expiry_date_missing: 'Your document shows no dates',
  verification_document_missing_back: 'Your document’s back is missing',
  verification_document_missing_front: 'Your document’s front is missing',
  verification_document_name_mismatch: 'Your document shows another name',
  verification_document_name_missing: 'Your document shows no name',
  verification_document_nationality_mismatch: 'Your document shows another nationality',
  verification_document_not_readable: 'Your document cannot be read',
  verification_document_not_signed: 'Your document is not signed',
  verification_document_not_uploaded: 'Your document did not arrive',
  verification_document_photo_mismatch: 'Your document shows another person',
  verification_document_too_large: 'Your file is too large',
  verification_document_type_not_supported: 'Your document is a kind that is not accepted',
  verification_failed_authorizer_authority:
    'Your authorizer’s right to act for the business is not proven',
  verification_failed_other: 'Your details could not be verified',
  verification_failed_representative_authority:
    'Your representative’s right to act for the business is not proven',
  verification_requires_additional_memorandum_of_associations:
    'Your memorandum of association is needed too',
  verification_requires_additional_proof_of_registration:
    'Your proof of registration is needed too',
  verification_selfie_document_missing_photo: 'Your document shows no photo',
  verification_selfie_face_mismatch: 'Your photo does not look like the one in the document',
  verification_selfie_unverified_other: 'Your photo could not be verified',
};

/** Errors that the seller cannot correct: an operator decides or asks Stripe. */
const decisions = {
  invalid_dob_age_under_18: 'Your date of birth says that you are younger than 18',
  invalid_dob_age_under_minimum: 'Your date of birth says that you are too young',
  unsupported_business_type: 'Your kind of business is not supported',
  verification_document_failed_test_mode: 'Your document is a test file, which counts as failed',
  verification_document_fraudulent: 'Your document appears to be forged',
  verification_document_manipulated: 'Your document appears to be altered',
  verification_selfie_manipulated: 'Your photo appears to be altered',
  verification_supportability: 'Your business may be one that Stripe does not support',
};

const failures = new Map<string, Failure>([
  ...listed('new-details', details, 'Please enter it again.'),
  ...listed('new-details', documents, 'Please upload another one.'),
  ...listed('operator', decisions, 'Please write to support.'),
]);

/** Every error code that has a text, for lists and tests. */
export const requirementErrorCodes: readonly string[] = [...failures.keys()];

/** Explains an error code of a requirement. An unknown code is shown in Stripe's own words. */
export function requirementErrorOf(code: string): Failure {
  const known = failures.get(code);
  if (known) return known;
  return {
    next: 'new-details',
    forSeller: 'What you entered was not accepted. Please enter it again.',
    forOperator: code.replaceAll('_', ' '),
  };
}

/** Makes two texts from each sentence: one addressed to the seller, and one about the seller. */
function listed(
  next: FailureNext,
  sentences: Record<string, string>,
  please: string,
): [string, Failure][] {
  return Object.entries(sentences).map(([code, sentence]) => {
    const forOperator = sentence
      .replace(/^Your/, 'the seller’s')
      .replaceAll(' your ', ' their ')
      .replaceAll(' you ', ' they ');
    return [code, { next, forSeller: `${sentence}. ${please}`, forOperator }];
  });
}
