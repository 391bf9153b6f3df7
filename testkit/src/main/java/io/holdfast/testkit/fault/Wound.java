package io.holdfast.testkit.fault;

import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * A fault that has been injected.
 *
 * @param what was hurt, for people
 * @param bites looks, from outside, whether the fault has an effect; asked until it has
 * @param heal ends it
 */
public record Wound(String what, BooleanSupplier bites, Runnable heal) {

  /** One of links: it bites once something is held up on one of them. */
  static Wound of(List<Link> links, String what) {
    return new Wound(
        what,
        () -> links.stream().anyMatch(link -> link.hurt() > 0),
        () -> links.forEach(Link::heal));
  }
}
