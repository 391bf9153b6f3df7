package io.holdfast.gateway.springtests;

import com.netflix.appinfo.ApplicationInfoManager;
import com.netflix.appinfo.InstanceInfo;
import com.netflix.discovery.AbstractDiscoveryClientOptionalArgs;
import com.netflix.discovery.DiscoveryClient;
import com.netflix.discovery.Jersey3DiscoveryClientOptionalArgs;
import com.netflix.discovery.shared.Application;
import com.netflix.discovery.shared.transport.jersey.TransportClientFactories;
import com.netflix.discovery.shared.transport.jersey3.Jersey3TransportClientFactories;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.cloud.commons.util.InetUtils;
import org.springframework.cloud.commons.util.InetUtilsProperties;
import org.springframework.cloud.netflix.eureka.EurekaClientConfigBean;
import org.springframework.cloud.netflix.eureka.EurekaInstanceConfigBean;
import org.springframework.cloud.netflix.eureka.InstanceInfoFactory;
import org.springframework.cloud.netflix.eureka.TimeoutProperties;
import org.springframework.cloud.netflix.eureka.http.DefaultEurekaClientHttpRequestFactorySupplier;
import org.springframework.cloud.netflix.eureka.http.RestClientDiscoveryClientOptionalArgs;
import org.springframework.cloud.netflix.eureka.http.RestClientTransportClientFactories;
import org.springframework.web.client.RestClient;

/** Netflix's own client of Eureka, with one of its two ways to speak HTTP. */
final class RealClient implements AutoCloseable {

  /** How it speaks HTTP. */
  enum Transport {
    /** Netflix's. */
    JERSEY,
    /** Spring Cloud's. */
    REST_CLIENT
  }

  private final DiscoveryClient client;
  private final ApplicationInfoManager manager;

  private RealClient(DiscoveryClient client, ApplicationInfoManager manager) {
    this.client = client;
    this.manager = manager;
  }

  /** One that registers itself, renews and fetches every second. */
  static RealClient start(Transport transport, String app, int port, URI... servers) {
    EurekaInstanceConfigBean instance =
        new EurekaInstanceConfigBean(new InetUtils(new InetUtilsProperties()));
    instance.setAppname(app);
    instance.setVirtualHostName(app);
    instance.setSecureVirtualHostName(app);
    instance.setHostname("127.0.0.1");
    instance.setIpAddress("127.0.0.1");
    instance.setInstanceId("127.0.0.1:" + app + ":" + port);
    instance.setNonSecurePort(port);
    instance.setLeaseRenewalIntervalInSeconds(1);
    instance.setLeaseExpirationDurationInSeconds(5);
    instance.setInitialStatus(InstanceInfo.InstanceStatus.UP);
    EurekaClientConfigBean config = new EurekaClientConfigBean();
    config.setServiceUrl(
        Map.of(
            "defaultZone", Stream.of(servers).map(URI::toString).collect(Collectors.joining(","))));
    config.setRegistryFetchIntervalSeconds(1);
    config.setInitialInstanceInfoReplicationIntervalSeconds(0);
    config.setInstanceInfoReplicationIntervalSeconds(1);
    config.setEurekaServerConnectTimeoutSeconds(1);
    config.setFilterOnlyUpInstances(false);
    InstanceInfo info = new InstanceInfoFactory().create(instance);
    ApplicationInfoManager manager = new ApplicationInfoManager(instance, info);
    manager.setInstanceStatus(InstanceInfo.InstanceStatus.UP);
    return new RealClient(
        switch (transport) {
          case JERSEY ->
              client(
                  manager,
                  config,
                  Jersey3TransportClientFactories.getInstance(),
                  new Jersey3DiscoveryClientOptionalArgs());
          case REST_CLIENT -> restClient(manager, config);
        },
        manager);
  }

  private static DiscoveryClient restClient(
      ApplicationInfoManager manager, EurekaClientConfigBean config) {
    RestClientDiscoveryClientOptionalArgs arguments =
        new RestClientDiscoveryClientOptionalArgs(
            new DefaultEurekaClientHttpRequestFactorySupplier(new TimeoutProperties() {}, Set.of()),
            RestClient::builder);
    return client(manager, config, new RestClientTransportClientFactories(arguments), arguments);
  }

  private static DiscoveryClient client(
      ApplicationInfoManager manager,
      EurekaClientConfigBean config,
      TransportClientFactories<?> factories,
      AbstractDiscoveryClientOptionalArgs<?> arguments) {
    return new DiscoveryClient(manager, config, factories, arguments);
  }

  /** The statuses of an application's instances, by port, as this client has them now. */
  Map<Integer, String> statuses(String app) {
    return Optional.ofNullable(client.getApplication(app))
        .map(Application::getInstancesAsIsFromEureka)
        .orElse(List.of())
        .stream()
        .collect(Collectors.toMap(InstanceInfo::getPort, one -> one.getStatus().name()));
  }

  String id() {
    return manager.getInfo().getInstanceId();
  }

  void set(InstanceInfo.InstanceStatus status) {
    manager.setInstanceStatus(status);
  }

  @Override
  public void close() {
    client.shutdown();
  }
}
