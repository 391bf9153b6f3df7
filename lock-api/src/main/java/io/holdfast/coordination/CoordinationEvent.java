package io.holdfast.coordination;

import io.holdfast.spi.Session;
import java.time.Duration;

/**
 * Something that metrics and traces are made from; see {@link Coordinator#listen}. Recipes of other
 * modules tell events of their own: a listener passes over kinds that it does not know.
 */
public interface CoordinationEvent {

  /**
   * A session stands otherwise than before; a new one is ACTIVE.
   *
   * @param session its {@link Session#id}
   */
  record SessionChanged(String session, SessionState state) implements CoordinationEvent {}

  /**
   * A session is over.
   *
   * @param session its {@link Session#id}
   */
  record SessionEnded(String session, LossReason reason) implements CoordinationEvent {}

  /**
   * The cluster has answered, or has not. A request may be a round trip of its own, a share of one,
   * or several.
   *
   * @param operation the {@link Session}'s method, such as {@code join}
   */
  record RequestDone(String operation, Duration took, Outcome outcome)
      implements CoordinationEvent {}

  /** How a request went. */
  enum Outcome {
    /** It was done. */
    DONE,
    /** It was refused: a guard did not hold. */
    REFUSED,
    /** It was certainly not done. */
    NOT_DONE,
    /** Nobody knows. */
    UNKNOWN
  }

  /**
   * Somebody of this process waited for a lock no longer.
   *
   * @param lock which
   * @param waited from the wish to the end
   * @param ahead how many stood before them in its queue when they joined; 0 if they never did
   * @param ending why
   */
  record WaitEnded(Subject lock, Duration waited, int ahead, WaitEnding ending)
      implements CoordinationEvent {}

  /** How a wait ended. */
  enum WaitEnding {
    /** It is held. */
    ACQUIRED,
    /** It was not free, and nobody wanted to wait. */
    NOT_FREE,
    /** By a time-out, an interrupt or cancellation. */
    GIVEN_UP,
    /** The cluster could not be asked. */
    FAILED
  }

  /** A hold ended as its holder wished. */
  record Released(Subject lock, Duration held) implements CoordinationEvent {}

  /** A hold was lost: see {@code LockGrant.lost}. */
  record Lost(Subject lock, Duration held, LossReason reason) implements CoordinationEvent {}

  /**
   * What was locked.
   *
   * @param directory where its queue is: {@code locks}, {@code elections}
   * @param name the lock's; there may be any number of them
   * @param kind how: {@code exclusive}, {@code read}, {@code write}, {@code upgradable}, {@code
   *     upgrade}, {@code permits}
   */
  record Subject(String directory, String name, String kind) {}
}
