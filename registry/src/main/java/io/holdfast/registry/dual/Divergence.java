package io.holdfast.registry.dual;

import io.holdfast.registry.Freshness;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceSnapshot;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the two registries differ about a service.
 *
 * @param service the service
 * @param onlyOld ids that only the old registry has
 * @param onlyNew ids that only the new one has
 * @param differing instances that both have, and that say different things there
 * @param conclusive true if both were heard live. If not, what differs may be old news
 */
public record Divergence(
    String service,
    List<String> onlyOld,
    List<String> onlyNew,
    List<Difference> differing,
    boolean conclusive) {

  /**
   * One instance, two descriptions.
   *
   * @param old as the old registry has it
   * @param now as the new one has it
   */
  public record Difference(ServiceInstance old, ServiceInstance now) {}

  public Divergence {
    onlyOld = List.copyOf(onlyOld);
    onlyNew = List.copyOf(onlyNew);
    differing = List.copyOf(differing);
  }

  static Divergence between(ServiceSnapshot old, ServiceSnapshot now) {
    List<Difference> differing = new ArrayList<>();
    for (RegisteredInstance there : old.instances()) {
      now.find(there.id())
          .filter(same -> !same.instance().equals(there.instance()))
          .ifPresent(other -> differing.add(new Difference(there.instance(), other.instance())));
    }
    return new Divergence(
        old.service(),
        missing(old, now),
        missing(now, old),
        differing,
        old.freshness() == Freshness.LIVE && now.freshness() == Freshness.LIVE);
  }

  private static List<String> missing(ServiceSnapshot from, ServiceSnapshot in) {
    return from.instances().stream()
        .map(RegisteredInstance::id)
        .filter(id -> in.find(id).isEmpty())
        .toList();
  }

  /** True if both say the same, as far as was heard. */
  public boolean isNone() {
    return onlyOld.isEmpty() && onlyNew.isEmpty() && differing.isEmpty();
  }

  /**
   * True if nothing would be lost by going on to the next {@link Phase}: the same, and heard live.
   */
  public boolean isSafeToMove() {
    return isNone() && conclusive;
  }
}
