package io.holdfast.lock;

import io.holdfast.coordination.Durations;
import java.time.Duration;
import java.util.Optional;

/**
 * One of those in this process who share a place in a lock's queue, see {@link LockOptions}: who
 * holds it, or waits for it.
 */
public final class LocalMember {

  private final long number;
  private final Duration age;
  private final Particulars.Description description;

  /**
   * A member.
   *
   * @param number among the waits of this process, or the holds of one place
   */
  LocalMember(long number, Duration age, Particulars.Description description) {
    this.number = number;
    this.age = age;
    this.description = description;
  }

  long number() {
    return number;
  }

  Particulars.Description description() {
    return description;
  }

  /** How long they have been waiting, or holding. */
  public Duration age() {
    return age;
  }

  /** What they want it for. */
  public Optional<String> purpose() {
    return description.purpose();
  }

  /** The thread that asked. */
  public String thread() {
    return description.thread();
  }

  @Override
  public String toString() {
    return thread()
        + purpose().map(what -> ", to " + what).orElse("")
        + ", for "
        + Durations.text(age);
  }
}
