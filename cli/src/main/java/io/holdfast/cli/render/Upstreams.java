package io.holdfast.cli.render;

import io.holdfast.registry.ServiceView;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The upstreams of several services, none of them ever empty: a service that has no instance left
 * to send to keeps those that it had, because a proxy answers better with a refused connection than
 * with a configuration that it does not load.
 */
final class Upstreams {

  private final List<ServiceView> views;
  private final String port;
  private final Map<String, Upstream> latest = new LinkedHashMap<>();

  Upstreams(List<ServiceView> views, String port) {
    this.views = views;
    this.port = port;
  }

  /** Looks at all the views; the services that had to keep what they had, or never had anything. */
  List<String> refresh() {
    List<String> without = new ArrayList<>();
    for (ServiceView view : views) {
      Optional<Upstream> now = Upstream.of(view.snapshot(), port);
      now.ifPresent(upstream -> latest.put(view.service(), upstream));
      if (now.isEmpty()) {
        without.add(view.service());
      }
    }
    return without;
  }

  /** In the order of the views; empty unless every service has had an instance. */
  Optional<List<Upstream>> all() {
    return latest.size() < views.size()
        ? Optional.empty()
        : Optional.of(views.stream().map(view -> latest.get(view.service())).toList());
  }
}
