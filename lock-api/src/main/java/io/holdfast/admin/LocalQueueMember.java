package io.holdfast.admin;

import io.holdfast.lock.internal.local.LocalMember;
import io.holdfast.spi.Durations;
import java.time.Duration;
import java.util.Optional;

/**
 * One of those in this process who share a place in a lock's queue, see {@link
 * io.holdfast.lock.LockConfig}: who holds it, or waits for it.
 */
public final class LocalQueueMember {

  private final LocalMember member;

  LocalQueueMember(LocalMember member) {
    this.member = member;
  }

  /** How long they have been waiting, or holding. */
  public Duration age() {
    return member.age();
  }

  /** What they want it for. */
  public Optional<String> purpose() {
    return member.details().purpose();
  }

  /** The thread that asked. */
  public String thread() {
    return member.details().thread();
  }

  @Override
  public String toString() {
    return thread()
        + purpose().map(what -> ", to " + what).orElse("")
        + ", for "
        + Durations.text(age());
  }
}
