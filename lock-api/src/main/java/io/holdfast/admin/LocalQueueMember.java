package io.holdfast.admin;

import io.holdfast.lock.internal.local.LocalMember;
import io.holdfast.spi.Durations;
import java.time.Duration;
import java.util.Optional;

/**
 * A thread or task of this process that holds a shared place in a lock's queue, or waits for it;
 * see {@link io.holdfast.lock.LockConfig}.
 */
public final class LocalQueueMember {

  private final LocalMember member;

  LocalQueueMember(LocalMember member) {
    this.member = member;
  }

  /** How long it has been waiting or holding. */
  public Duration age() {
    return member.age();
  }

  /** The purpose of the acquisition. */
  public Optional<String> purpose() {
    return member.details().purpose();
  }

  /** The thread that made the call. */
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
