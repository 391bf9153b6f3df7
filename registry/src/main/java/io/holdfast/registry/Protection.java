package io.holdfast.registry;

import java.time.Duration;

/**
 * How a view protects itself against the disappearance of many instances at once, which is more
 * often a fault of the registry than of the instances.
 *
 * <p>Protection starts if more than {@code fraction} of the instances that are UP vanish within
 * {@code window} without a goodbye, and at least {@code atLeast} of them. Instances that vanish
 * from then on are held: the view shows them with a {@link ProtectionHold} for at most {@code
 * holdFor}, in a snapshot marked {@link Freshness#PROTECTED}. An instance that withdraws, drains or
 * is DOWN before it goes is not held, whether or not the view could see that; nor is one that an
 * operator took out, or that callers cannot reach: see {@link ServiceView#report}.
 *
 * @param fraction of the instances that were UP; 1 or more switches protection off
 * @param atLeast the number of instances that must vanish
 * @param window the time within which they count together
 * @param holdFor how long they are held at most
 */
public record Protection(double fraction, int atLeast, Duration window, Duration holdFor) {

  /** Shows exactly what the cluster says. */
  public static final Protection OFF =
      new Protection(1, Integer.MAX_VALUE, Duration.ofSeconds(1), Duration.ofSeconds(1));

  private static final double HALF = 0.5;
  private static final int TWO = 2;
  private static final int SESSIONS_LONG = 3;

  public Protection {
    if (!(fraction > 0)) {
      throw new IllegalArgumentException("the fraction must be positive: " + fraction);
    }
    if (atLeast < 1) {
      throw new IllegalArgumentException("at least one must vanish: " + atLeast);
    }
    RegistryOptions.positive("window", window);
    RegistryOptions.positive("time to hold", holdFor);
  }

  /**
   * The default: more than half, two or more, within one session time-out; held for three session
   * time-outs, the longest time that registering again takes after an outage.
   */
  public static Protection forSession(Duration timeout) {
    return new Protection(HALF, TWO, timeout, timeout.multipliedBy(SESSIONS_LONG));
  }
}
