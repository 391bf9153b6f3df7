package io.holdfast.registry;

import io.holdfast.coordination.CoordinationEvent;
import io.holdfast.coordination.Revision;
import java.time.Duration;

/**
 * What a {@link Registry} tells those who {@link Registry#listen}, and those who {@link
 * io.holdfast.coordination.Coordinator#listen listen} at its coordinator.
 */
public sealed interface RegistryEvent extends CoordinationEvent {

  /** The first view of a service was opened: see {@link Registry#shown}. */
  record ViewOpened(String service) implements RegistryEvent {}

  /** The last view of a service was closed. */
  record ViewClosed(String service) implements RegistryEvent {}

  /** An instance of this process is in the cluster, newly or again. */
  record Published(String service, String id, Revision epoch) implements RegistryEvent {}

  /** An instance of this process is withdrawn from the cluster. */
  record Withdrawn(String service, String id) implements RegistryEvent {}

  /**
   * A drain that this process has asked for has ended.
   *
   * @param took from the call to the end
   */
  record DrainEnded(String service, String id, DrainEnding ending, Duration took)
      implements RegistryEvent {}

  /** How a drain ended. */
  enum DrainEnding {
    /** No connected client chooses the instance any more. */
    COMPLETE,
    /** The bound passed; some clients may still choose it. */
    BEHIND,
    /** The cluster did not take it, or the wait was cancelled. */
    FAILED
  }
}
