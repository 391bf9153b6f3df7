package io.holdfast.admin;

import io.holdfast.lock.internal.queue.OwnerDetails;
import io.holdfast.spi.Durations;
import java.time.Duration;
import java.util.Optional;

/**
 * One of those in this process who share a place in a lock's queue, see {@link
 * io.holdfast.lock.LockConfig}: who holds it, or waits for it.
 */
public final class LocalQueueMember {

  private final long number;
  private final Duration age;
  private final OwnerDetails.Description description;

  /**
   * A member.
   *
   * @param number among the waits of this process, or the holds of one place
   */
  public LocalQueueMember(long number, Duration age, OwnerDetails.Description description) {
    this.number = number;
    this.age = age;
    this.description = description;
  }

  public long number() {
    return number;
  }

  public OwnerDetails.Description description() {
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
