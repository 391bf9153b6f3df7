package io.holdfast.coordination;

import io.holdfast.spi.Session;
import java.time.Duration;

/**
 * An event for metrics and traces; see {@link Coordinator#listen}. Recipes of other modules add
 * events of their own: a listener must ignore kinds that it does not know.
 */
public interface CoordinationEvent {

  /**
   * The state of a session has changed; a new session is ACTIVE.
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
   * A request has ended, with an answer or without. It may have been one round trip, part of one,
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
    /** It is not known whether it was done. */
    UNKNOWN
  }

  /**
   * A wait of this process for a lock has ended.
   *
   * @param lock which
   * @param waited from the call to the end of the wait
   * @param ahead how many places were ahead in the queue when the waiter joined; 0 if it never
   *     joined
   * @param ending how the wait ended
   */
  record WaitEnded(Subject lock, Duration waited, int ahead, WaitEnding ending)
      implements CoordinationEvent {}

  /** How a wait ended. */
  enum WaitEnding {
    /** The lock is held. */
    ACQUIRED,
    /** The lock was not free, and the caller did not want to wait. */
    NOT_FREE,
    /** A time-out, an interrupt or cancellation ended the wait. */
    GIVEN_UP,
    /** The cluster did not answer. */
    FAILED
  }

  /** A holder released its hold. */
  record Released(Subject lock, Duration held) implements CoordinationEvent {}

  /** A hold was lost: see {@code LockGrant.lost}. */
  record Lost(Subject lock, Duration held, LossReason reason) implements CoordinationEvent {}

  /**
   * What was locked.
   *
   * @param directory the directory of its queue: {@code locks}, {@code elections}
   * @param name the lock's name; the number of different names has no bound
   * @param kind how: {@code exclusive}, {@code read}, {@code write}, {@code upgradable}, {@code
   *     upgrade}, {@code permits}
   */
  record Subject(String directory, String name, String kind) {}
}
