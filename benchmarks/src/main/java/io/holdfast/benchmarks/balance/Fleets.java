package io.holdfast.benchmarks.balance;

import io.holdfast.coordination.Revision;
import io.holdfast.registry.Freshness;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceSnapshot;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** Services to balance over: instances in three zones, of three weights. */
final class Fleets {

  static final String SERVICE = "billing";
  static final int ZONES = 3;

  private Fleets() {}

  static String id(int instance) {
    return "billing-%04d".formatted(instance);
  }

  static String zone(int instance) {
    return "zone-" + instance % ZONES;
  }

  static int weight(int instance) {
    return 50 * (1 + instance % 3);
  }

  /** {@code size} instances, less those that {@code present} does not accept. */
  static ServiceSnapshot of(int size, IntPredicate present) {
    List<RegisteredInstance> instances =
        IntStream.range(0, size)
            .filter(present)
            .mapToObj(
                i ->
                    new RegisteredInstance(
                        ServiceInstance.http(SERVICE, id(i), "10.0.0.1", 8080)
                            .withZone(zone(i))
                            .withWeight(weight(i)),
                        new Revision(1)))
            .toList();
    return new ServiceSnapshot(SERVICE, new Revision(2), Freshness.LIVE, instances);
  }

  /** The same, all of ordinary weight. */
  static ServiceSnapshot even(int size, IntPredicate present) {
    ServiceSnapshot uneven = of(size, present);
    return new ServiceSnapshot(
        SERVICE,
        uneven.revision(),
        uneven.freshness(),
        uneven.instances().stream()
            .map(
                one ->
                    new RegisteredInstance(
                        one.instance().withWeight(ServiceInstance.ORDINARY_WEIGHT), one.epoch()))
            .toList());
  }
}
