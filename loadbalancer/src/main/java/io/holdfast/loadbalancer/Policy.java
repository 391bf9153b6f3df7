package io.holdfast.loadbalancer;

import java.util.List;
import java.util.function.BiFunction;

/** How a {@link LoadBalancer} chooses among the instances that may be chosen. Immutable. */
public final class Policy {

  private static final Policy ROUND_ROBIN = new Policy("round-robin", RoundRobinPicker::new);
  private static final Policy LEAST_REQUEST = new Policy("least-request", LeastRequestPicker::new);

  private final String name;
  private final BiFunction<List<Endpoint>, Dice, Picker> factory;

  private Policy(String name, BiFunction<List<Endpoint>, Dice, Picker> factory) {
    this.name = name;
    this.factory = factory;
  }

  /**
   * In turn, from a random start. Threads have positions of their own: two instances' counts never
   * differ by more than 16, and for one thread alone by more than 1. Weights do not matter, but for
   * 0. For requests that cost alike.
   */
  public static Policy roundRobin() {
    return ROUND_ROBIN;
  }

  /**
   * Of two distinct instances drawn at random in proportion to weight, the one with fewer active
   * requests for its weight. The best choice when nothing is known of the requests.
   */
  public static Policy leastRequest() {
    return LEAST_REQUEST;
  }

  /** A short name for logs and metrics. */
  public String name() {
    return name;
  }

  Picker picker(List<Endpoint> endpoints, Dice dice) {
    return factory.apply(endpoints, dice);
  }

  @Override
  public String toString() {
    return name;
  }
}
