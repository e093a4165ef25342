/** A real mpirun, with this machine as its only node. */

/** What tests with an MPI need. */
export const MPI_PROGRAMS = ["mpirun"] as const;

/** Starts one process, as whichever user: the value of `command`. */
export const MPIRUN = "env OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 mpirun -n 1";
