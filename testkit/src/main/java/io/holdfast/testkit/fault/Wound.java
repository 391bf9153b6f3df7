package io.holdfast.testkit.fault;

import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * A fault that has been injected.
 *
 * @param what was hurt, for people
 * @param bites looks, from outside, whether the fault has an effect; asked until it has
 * @param heal ends it
 * @param taken a session that the fault has ended itself
 */
public record Wound(String what, BooleanSupplier bites, Runnable heal, Optional<Taken> taken) {

  /** One that leaves it to the servers which sessions end. */
  public Wound(String what, BooleanSupplier bites, Runnable heal) {
    this(what, bites, heal, Optional.empty());
  }

  /** One of links: it bites once something is held up on one of them. */
  static Wound of(List<Link> links, String what) {
    return new Wound(
        what,
        () -> links.stream().anyMatch(link -> link.hurt() > 0),
        () -> links.forEach(Link::heal));
  }
}
