/** Where a region of a provider is. */
export interface RegionPlace {
  /** ISO 3166-1 alpha-2: whose law holds for the machines there. */
  readonly country: string;
  /** Does the GDPR hold there as the law of the land (EU and EEA)? */
  readonly gdpr: boolean;
  /** The region that keeps the copies of geo-redundant accounts; absent: none is paired. */
  readonly pair?: string;
}

const EU = { gdpr: true } as const;
const OTHER = { gdpr: false } as const;

/**
 * Regions of Azure, where they lie and with which they are paired (Microsoft Learn, List of Azure regions, 23 September
 * 2025). Whether the GDPR holds follows from the country: EU, and Norway by the EEA agreement. Sweden South, which that
 * list names as a pair only, lies in Sweden like its pair.
 */
const AZURE: Readonly<Record<string, RegionPlace>> = {
  westeurope: { country: "NL", ...EU, pair: "northeurope" },
  northeurope: { country: "IE", ...EU, pair: "westeurope" },
  germanywestcentral: { country: "DE", ...EU, pair: "germanynorth" },
  germanynorth: { country: "DE", ...EU, pair: "germanywestcentral" },
  francecentral: { country: "FR", ...EU, pair: "francesouth" },
  francesouth: { country: "FR", ...EU, pair: "francecentral" },
  swedencentral: { country: "SE", ...EU, pair: "swedensouth" },
  swedensouth: { country: "SE", ...EU, pair: "swedencentral" },
  norwayeast: { country: "NO", ...EU, pair: "norwaywest" },
  norwaywest: { country: "NO", ...EU, pair: "norwayeast" },
  austriaeast: { country: "AT", ...EU },
  belgiumcentral: { country: "BE", ...EU },
  italynorth: { country: "IT", ...EU },
  polandcentral: { country: "PL", ...EU },
  spaincentral: { country: "ES", ...EU },
  switzerlandnorth: { country: "CH", ...OTHER, pair: "switzerlandwest" },
  switzerlandwest: { country: "CH", ...OTHER, pair: "switzerlandnorth" },
  uksouth: { country: "GB", ...OTHER, pair: "ukwest" },
  ukwest: { country: "GB", ...OTHER, pair: "uksouth" },
  eastus: { country: "US", ...OTHER, pair: "westus" },
  westus: { country: "US", ...OTHER, pair: "eastus" },
};

/** A provider's region; undefined for one that this table does not have: no law is guessed from a name. */
export function regionPlace(provider: string, region: string): RegionPlace | undefined {
  return provider === "azure" ? AZURE[region.toLowerCase().replaceAll(" ", "")] : undefined;
}
