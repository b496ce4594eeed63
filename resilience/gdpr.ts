/**
 * Where the GDPR is the law of the land: the member states of the EU, and by decision 154/2018 of the EEA Joint Committee
 * Iceland, Liechtenstein and Norway. ISO 3166-1 alpha-2, as of November 2026.
 */
const COUNTRIES: ReadonlySet<string> = new Set(
  "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK IS LI NO".split(" "),
);

/** @param country ISO 3166-1 alpha-2, capitals */
export const gdprHolds = (country: string): boolean => COUNTRIES.has(country);
