package io.holdfast.gateway.xds;

import io.envoyproxy.controlplane.cache.Resources;
import java.util.Arrays;
import java.util.Optional;

/** The kinds of resources that there are of a service. */
enum XdsType {
  LISTENER(Resources.V3.LISTENER_TYPE_URL),
  ROUTE(Resources.V3.ROUTE_TYPE_URL),
  CLUSTER(Resources.V3.CLUSTER_TYPE_URL),
  ENDPOINTS(Resources.V3.ENDPOINT_TYPE_URL);

  private final String url;

  XdsType(String url) {
    this.url = url;
  }

  static Optional<XdsType> of(String url) {
    return Arrays.stream(values()).filter(type -> type.url.equals(url)).findFirst();
  }
}
