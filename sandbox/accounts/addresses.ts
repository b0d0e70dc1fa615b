/** The default address of a seller in the sandbox. */
export type Place = { city: string; postalCode: string; state?: string };

const places: Record<string, Place> = {
  AT: { city: 'Wien', postalCode: '1010' },
  AU: { city: 'Sydney', postalCode: '2000', state: 'NSW' },
  BE: { city: 'Bruxelles', postalCode: '1000' },
  CA: { city: 'Toronto', postalCode: 'M5H 2N2', state: 'ON' },
  CH: { city: 'Zürich', postalCode: '8001' },
  DE: { city: 'Berlin', postalCode: '10115' },
  DK: { city: 'København', postalCode: '1050' },
  ES: { city: 'Madrid', postalCode: '28013' },
  FI: { city: 'Helsinki', postalCode: '00100' },
  FR: { city: 'Paris', postalCode: '75001' },
  GB: { city: 'London', postalCode: 'SW1A 1AA' },
  IE: { city: 'Dublin', postalCode: 'D02 AF30' },
  IT: { city: 'Roma', postalCode: '00184' },
  JP: { city: 'Tokyo', postalCode: '100-0001' },
  NL: { city: 'Amsterdam', postalCode: '1012 JS' },
  PL: { city: 'Warszawa', postalCode: '00-001' },
  PT: { city: 'Lisboa', postalCode: '1100-148' },
  SE: { city: 'Stockholm', postalCode: '111 20' },
  US: { city: 'San Francisco', postalCode: '94111', state: 'CA' },
};

/** A city in the country. A country that is not listed gets an invented name. */
export function placeOf(country: string): Place {
  return places[country] ?? { city: `A city in ${country}`, postalCode: '00000' };
}
