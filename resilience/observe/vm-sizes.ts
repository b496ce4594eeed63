/** What a size of Azure's virtual machines has. */
export interface VmSize {
  /** Virtual processors, each a hardware thread. */
  readonly cores: number;
  /** Bytes. */
  readonly memory: number;
}

const GIB = 2 ** 30;

/** Families whose memory grows with their processors: GiB for each virtual processor. */
const FAMILIES: readonly { readonly size: RegExp; readonly gibPerCore: number; readonly cores: readonly number[] }[] = [
  // "Dsv5", "Ddsv5", "Dasv5", "Dadsv5" sizes series.
  { size: /^Standard_D(\d+)a?d?s_v5$/, gibPerCore: 4, cores: [2, 4, 8, 16, 32, 48, 64, 96] },
  // "Dsv4" and "Ddsv4" sizes series.
  { size: /^Standard_D(\d+)d?s_v4$/, gibPerCore: 4, cores: [2, 4, 8, 16, 32, 48, 64] },
  // "Dasv4" sizes series.
  { size: /^Standard_D(\d+)as_v4$/, gibPerCore: 4, cores: [2, 4, 8, 16, 32, 48, 64, 96] },
  // "Dsv3" sizes series.
  { size: /^Standard_D(\d+)s_v3$/, gibPerCore: 4, cores: [2, 4, 8, 16, 32, 48, 64] },
  // "Esv5", "Edsv5", "Easv5", "Eadsv5" sizes series, without the largest, whose memory does not follow.
  { size: /^Standard_E(\d+)a?d?s_v5$/, gibPerCore: 8, cores: [2, 4, 8, 16, 20, 32, 48, 64] },
  // "Fsv2" sizes series.
  { size: /^Standard_F(\d+)s_v2$/, gibPerCore: 2, cores: [2, 4, 8, 16, 32, 48, 64, 72] },
  // "Bv1" sizes series, whose processors are shared by time.
  { size: /^Standard_B(\d+)ms$/, gibPerCore: 4, cores: [2, 4, 8, 12, 16, 20] },
];

/**
 * Processors and memory of a size. Source: Microsoft Learn, Azure virtual machine sizes, the table "Basics" on the page of
 * each series: Dasv5, Dadsv5, Ddsv4, Dasv4, Esv5, Easv5 and Bv1 as of 10 March 2026; Dsv5 as of 27 February 2026; Ddsv5,
 * Dsv4, Dsv3, Edsv5, Eadsv5 and Fsv2 as of July to September 2024. Some of the tables write GB and mean GiB.
 *
 * @returns undefined for a size that is not in this list: its memory is not to be guessed from its name
 */
export function vmSizeOf(name: string): VmSize | undefined {
  for (const { size, gibPerCore, cores } of FAMILIES) {
    const count = Number(size.exec(name)?.[1] ?? NaN);
    if (cores.includes(count)) return { cores: count, memory: count * gibPerCore * GIB };
  }
  return undefined;
}
