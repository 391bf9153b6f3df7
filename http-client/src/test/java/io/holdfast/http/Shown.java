package io.holdfast.http;

import io.holdfast.coordination.Revision;
import io.holdfast.registry.Freshness;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceSnapshot;
import java.util.Arrays;
import java.util.function.Supplier;

/** A view that a test writes by hand. */
final class Shown implements Supplier<ServiceSnapshot> {

  private long revision;
  private volatile ServiceSnapshot latest = ServiceSnapshot.unknown("s");

  Shown(ServiceInstance... instances) {
    show(instances);
  }

  void show(ServiceInstance... instances) {
    latest =
        new ServiceSnapshot(
            "s",
            new Revision(++revision),
            Freshness.LIVE,
            Arrays.stream(instances)
                .map(each -> new RegisteredInstance(each, new Revision(1)))
                .toList());
  }

  @Override
  public ServiceSnapshot get() {
    return latest;
  }
}
