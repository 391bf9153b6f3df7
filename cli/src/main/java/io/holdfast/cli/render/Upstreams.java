package io.holdfast.cli.render;

import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceView;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The upstreams of several services, none of them ever empty: a service that has no instance left
 * to send to keeps those that it had, because a proxy answers better with a refused connection than
 * with a configuration that it does not load.
 *
 * <p>Instances whose host has no address are left out: a proxy would refuse the whole file for one.
 */
final class Upstreams {

  private final List<ServiceView> views;
  private final String port;
  private final Map<String, Upstream> latest = new LinkedHashMap<>();
  private List<String> without = List.of();
  private List<String> unresolved = List.of();

  Upstreams(List<ServiceView> views, String port) {
    this.views = views;
    this.port = port;
  }

  /** Looks at all the views. Blocks for as long as the machine's name service does. */
  void refresh() {
    List<String> keeping = new ArrayList<>();
    List<String> leftOut = new ArrayList<>();
    for (ServiceView view : views) {
      Optional<Upstream> now =
          Upstream.of(view.snapshot(), port, instance -> hasAddress(instance, leftOut));
      now.ifPresent(upstream -> latest.put(view.service(), upstream));
      if (now.isEmpty()) {
        keeping.add(view.service());
      }
    }
    without = keeping;
    unresolved = leftOut;
  }

  private static boolean hasAddress(ServiceInstance instance, List<String> leftOut) {
    try {
      return InetAddress.getAllByName(instance.host()).length > 0;
    } catch (UnknownHostException e) {
      leftOut.add(instance.service() + "/" + instance.id() + " on " + instance.host());
      return false;
    }
  }

  /** The services that had to keep what they had, or never had anything. */
  List<String> without() {
    return without;
  }

  /** The instances that are left out because their host has no address. */
  List<String> unresolved() {
    return unresolved;
  }

  /** In the order of the views; empty unless every service has had an instance. */
  Optional<List<Upstream>> all() {
    return latest.size() < views.size()
        ? Optional.empty()
        : Optional.of(views.stream().map(view -> latest.get(view.service())).toList());
  }
}
