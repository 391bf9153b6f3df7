package io.holdfast.chaos.fault;

import io.holdfast.testkit.network.Link;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * A fault that has been injected.
 *
 * @param what was hurt, for people
 * @param bites looks, from outside, whether the fault has an effect; asked until it has
 * @param heal ends it
 * @param taken looks which sessions the fault has ended of itself; asked once it is healed
 */
public record ActiveFault(
    String what, BooleanSupplier bites, Runnable heal, Supplier<List<RevokedSession>> taken) {

  /** One that ends no session but by keeping its client from the servers. */
  public ActiveFault(String what, BooleanSupplier bites, Runnable heal) {
    this(what, bites, heal, List::of);
  }

  /** One of links: it bites once something is held up on one of them. */
  static ActiveFault of(List<Link> links, String what) {
    return new ActiveFault(
        what,
        () -> links.stream().anyMatch(link -> link.hurt() > 0),
        () -> links.forEach(Link::heal));
  }
}
