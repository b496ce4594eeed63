/** What the document worries about [N1-N5], answered from the plan. */
export interface Answer {
  readonly id: string;
  readonly question: string;
  readonly sentences: readonly string[];
  readonly table?: Table;
}

export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}
