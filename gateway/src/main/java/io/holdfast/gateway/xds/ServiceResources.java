package io.holdfast.gateway.xds;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.protobuf.UInt32Value;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.AggregatedConfigSource;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.core.v3.HealthStatus;
import io.envoyproxy.envoy.config.core.v3.Locality;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.envoyproxy.envoy.config.listener.v3.ApiListener;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.Rds;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * A service in the four kinds, all called as the service is. Immutable.
 *
 * <p>What does not take requests is an endpoint too, with the health that says so: clients that
 * have a request there let it finish.
 */
final class ServiceResources {

  private static final int CONNECT_SECONDS = 5;
  private static final String GRPC = "grpc";
  private static final ConfigSource ADS =
      ConfigSource.newBuilder()
          .setAds(AggregatedConfigSource.getDefaultInstance())
          .setResourceApiVersion(ApiVersion.V3)
          .build();

  private final Map<XdsType, Message> messages;
  private final Map<XdsType, String> digests;

  private ServiceResources(Map<XdsType, Message> messages) {
    this.messages = messages;
    TreeMap<XdsType, String> made = new TreeMap<>();
    messages.forEach((type, message) -> made.put(type, Digest.of(message.toByteArray())));
    this.digests = made;
  }

  /** Does not block: leaves out instances whose host has no address that is known. */
  static ServiceResources of(ServiceSnapshot snapshot, HostAddresses addresses) {
    String service = snapshot.service();
    return new ServiceResources(
        Map.of(
            XdsType.LISTENER, listener(service),
            XdsType.ROUTE, route(service),
            XdsType.CLUSTER, cluster(service),
            XdsType.ENDPOINTS, endpoints(snapshot, addresses)));
  }

  Message message(XdsType type) {
    return java.util.Objects.requireNonNull(messages.get(type), "one of each");
  }

  /** The same for the same content. */
  String digest(XdsType type) {
    return java.util.Objects.requireNonNull(digests.get(type), "one of each");
  }

  boolean isSame(ServiceResources other) {
    return digests.equals(other.digests);
  }

  private static Listener listener(String service) {
    HttpConnectionManager manager =
        HttpConnectionManager.newBuilder()
            .setStatPrefix(service)
            .setRds(Rds.newBuilder().setConfigSource(ADS).setRouteConfigName(service))
            .addHttpFilters(
                HttpFilter.newBuilder()
                    .setName("envoy.filters.http.router")
                    .setTypedConfig(Any.pack(Router.getDefaultInstance())))
            .build();
    return Listener.newBuilder()
        .setName(service)
        .setApiListener(ApiListener.newBuilder().setApiListener(Any.pack(manager)))
        .build();
  }

  private static RouteConfiguration route(String service) {
    return RouteConfiguration.newBuilder()
        .setName(service)
        .addVirtualHosts(
            VirtualHost.newBuilder()
                .setName(service)
                .addDomains("*")
                .addRoutes(
                    Route.newBuilder()
                        .setMatch(RouteMatch.newBuilder().setPrefix(""))
                        .setRoute(RouteAction.newBuilder().setCluster(service))))
        .build();
  }

  private static Cluster cluster(String service) {
    return Cluster.newBuilder()
        .setName(service)
        .setType(Cluster.DiscoveryType.EDS)
        .setConnectTimeout(Duration.newBuilder().setSeconds(CONNECT_SECONDS))
        .setEdsClusterConfig(
            Cluster.EdsClusterConfig.newBuilder().setEdsConfig(ADS).setServiceName(service))
        .setLbPolicy(Cluster.LbPolicy.ROUND_ROBIN)
        .build();
  }

  private static ClusterLoadAssignment endpoints(
      ServiceSnapshot snapshot, HostAddresses addresses) {
    Map<String, List<ServiceInstance>> localities = new TreeMap<>();
    for (RegisteredInstance there : snapshot.instances()) {
      ServiceInstance instance = there.instance();
      if (instance.weight() > 0) {
        localities
            .computeIfAbsent(instance.region() + "\n" + instance.zone(), none -> new ArrayList<>())
            .add(instance);
      }
    }
    ClusterLoadAssignment.Builder all =
        ClusterLoadAssignment.newBuilder().setClusterName(snapshot.service());
    localities
        .values()
        .forEach(instances -> locality(instances, addresses).ifPresent(all::addEndpoints));
    return all.build();
  }

  /** A locality without a weight is passed over by gRPC. */
  private static Optional<LocalityLbEndpoints> locality(
      List<ServiceInstance> instances, HostAddresses addresses) {
    List<LbEndpoint> endpoints =
        instances.stream().flatMap(instance -> endpoint(instance, addresses).stream()).toList();
    if (endpoints.isEmpty()) {
      return Optional.empty();
    }
    long weight =
        endpoints.stream().mapToLong(there -> there.getLoadBalancingWeight().getValue()).sum();
    return Optional.of(
        LocalityLbEndpoints.newBuilder()
            .setLocality(
                Locality.newBuilder()
                    .setRegion(instances.get(0).region())
                    .setZone(instances.get(0).zone()))
            .setLoadBalancingWeight(UInt32Value.of((int) Math.min(Integer.MAX_VALUE, weight)))
            .addAllLbEndpoints(endpoints)
            .build());
  }

  private static Optional<LbEndpoint> endpoint(ServiceInstance instance, HostAddresses addresses) {
    OptionalInt port = port(instance);
    Optional<String> address = addresses.of(instance.service(), instance.host());
    if (port.isEmpty() || address.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        LbEndpoint.newBuilder()
            .setEndpoint(
                Endpoint.newBuilder()
                    .setAddress(
                        Address.newBuilder()
                            .setSocketAddress(
                                SocketAddress.newBuilder()
                                    .setAddress(address.get())
                                    .setPortValue(port.getAsInt()))))
            .setHealthStatus(health(instance.status()))
            .setLoadBalancingWeight(UInt32Value.of(instance.weight()))
            .build());
  }

  /** That of gRPC, or that of HTTP. */
  private static OptionalInt port(ServiceInstance instance) {
    OptionalInt grpc = instance.port(GRPC);
    return grpc.isPresent() ? grpc : instance.port(ServiceInstance.HTTP);
  }

  private static HealthStatus health(InstanceStatus status) {
    return switch (status) {
      case UP -> HealthStatus.HEALTHY;
      case DRAINING -> HealthStatus.DRAINING;
      default -> HealthStatus.UNHEALTHY;
    };
  }
}
