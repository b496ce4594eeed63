import type { Drill, DrillFile, DrillSession, Figure, Prediction, Timeline } from "../../../../lab/result/schema.ts";

export const figure: Figure = {
  what: "writes of clients at aachen",
  predicted: { kind: "bounded", seconds: 16.4, from: "detected 1 s, started 10.4 s, ready 4 s, connected 1 s" },
  governed: true,
  resolution: 0.2,
  runs: [7.9, 4.8, 9.5],
};

export const prediction: Prediction = {
  fault: "process:postgres@aachen",
  title: "PostgreSQL at aachen crashes",
  sites: [
    {
      site: "aachen",
      reads: "full",
      writes: "full",
      unserved: { reads: [], writes: [] },
      unservedMeanwhile: { reads: [], writes: ["core"] },
      seconds: 16.4,
      stages: [],
    },
    {
      site: "titan",
      reads: "full",
      writes: "read-only",
      unserved: { reads: [], writes: ["alastair", "core"] },
      unservedMeanwhile: { reads: [], writes: ["alastair", "core"] },
      seconds: null,
      stages: [],
    },
  ],
  recovery: {
    mode: "automatic",
    seconds: 16.4,
    stages: [
      { name: "detected", seconds: 1, from: "kubelet", governedBy: "constant" },
      { name: "connected", seconds: 1, from: "kube-proxy", governedBy: "constant" },
      { name: "connected", seconds: 0.5, from: "driver", governedBy: "setting" },
    ],
  },
  dns: { affectedShare: 0, seconds: 0, stages: [], settles: true },
  dataLoss: [
    { subject: "postgres", seconds: 0, kind: "none" },
    { subject: "mongo", seconds: 2, kind: "bounded" },
    { subject: "uploads:core-media@aachen", seconds: null, kind: "everything" },
  ],
  splitBrain: "no",
};

export const timeline: Timeline = {
  from: -2,
  sites: [
    { site: "aachen", answered: [40, 41, 3, 0, 39], failed: [0, 0, 36, 40, 1] },
    { site: "titan", answered: [20, 20, 20, 20, 20], failed: [0, 0, 0, 0, 0] },
  ],
  marks: [
    { second: 0, text: "postgres killed" },
    { second: 2, text: "writes back" },
  ],
};

export const drill: Drill = {
  id: "D4",
  title: "PostgreSQL primary killed",
  fault: prediction.fault,
  prediction,
  figures: [figure],
  stages: [],
  runs: figure.runs.map((_, index) => ({ at: `2026-01-0${index + 1}T10:00:00Z`, stages: [], problems: [] })),
  verdict: "as predicted",
  session: 0,
  notes: [],
  timeline,
};

export const session: DrillSession = {
  command: "holdfast drill",
  startedAt: "2026-01-01T09:00:00Z",
  finishedAt: "2026-01-01T11:00:00Z",
  machine: { cores: 2, memoryGiB: 24, kernel: "6.18", system: "Debian 12" },
  load: { asked: 4167, attempted: 4167, inTime: 4100, answered: 3000, succeeded: 2990 },
  steps: [{ name: "sites up", seconds: 21 }],
  differences: [{ subject: "postgresql", what: "15 | instead of 17", why: "no newer one here" }],
};

export const file: DrillFile = {
  version: 2,
  topology: "master-slave",
  sessions: [session],
  drills: [drill],
};
