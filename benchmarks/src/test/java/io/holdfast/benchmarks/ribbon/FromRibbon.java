package io.holdfast.benchmarks.ribbon;

import com.netflix.client.config.DefaultClientConfigImpl;
import com.netflix.loadbalancer.DummyPing;
import com.netflix.loadbalancer.DynamicServerListLoadBalancer;
import com.netflix.loadbalancer.Server;
import com.netflix.loadbalancer.ServerList;
import com.netflix.loadbalancer.ServerListUpdater;
import com.netflix.loadbalancer.ZoneAvoidanceRule;
import io.holdfast.loadbalancer.LoadBalancer;
import io.holdfast.loadbalancer.OutlierDetection;
import io.holdfast.loadbalancer.Pick;
import io.holdfast.loadbalancer.Policy;
import io.holdfast.loadbalancer.ZoneAware;
import io.holdfast.registry.ServiceView;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The code of docs/migration/from-ribbon.md; {@code FromRibbonTest} compares and runs it. */
final class FromRibbon {

  private FromRibbon() {}

  // servers
  /** Ribbon's list of servers, from the registry. An outage empties it no more than the view. */
  record RegistryServers(ServiceView view) implements ServerList<Server>, ServerListUpdater {
    @Override
    public List<Server> getInitialListOfServers() {
      return view.snapshot().up().stream()
          .map(there -> there.instance())
          .flatMap(
              instance ->
                  instance.port("http").stream()
                      .mapToObj(
                          port -> {
                            Server server = new Server("http", instance.host(), port);
                            server.setZone(instance.zone());
                            return server;
                          }))
          .toList();
    }

    @Override
    public List<Server> getUpdatedListOfServers() {
      return getInitialListOfServers();
    }

    @Override
    public void start(UpdateAction update) {
      view.onChange(change -> update.doUpdate()); // at once, and not every 30 seconds
    }

    @Override
    public void stop() {
      view.close();
    }

    @Override
    public String getLastUpdate() {
      return view.snapshot().asOf().toString();
    }

    @Override
    public long getDurationSinceLastUpdateMs() {
      return view.age().orElseThrow().toMillis();
    }

    @Override
    public int getNumberMissedCycles() {
      return 0;
    }

    @Override
    public int getCoreThreads() {
      return 0;
    }
  }

  // end

  static DynamicServerListLoadBalancer<Server> keepRibbon(ServiceView view) {
    // keep
    RegistryServers servers = new RegistryServers(view);
    DynamicServerListLoadBalancer<Server> ribbon =
        new DynamicServerListLoadBalancer<>(
            DefaultClientConfigImpl.getClientConfigWithDefaultValues("orders"),
            new ZoneAvoidanceRule(),
            new DummyPing(),
            servers,
            null,
            servers);
    // end
    return ribbon;
  }

  static Set<String> leaveRibbon(ServiceView view) {
    Set<String> called = new TreeSet<>();
    // leave
    Policy policy =
        Policy.zoneAware(ZoneAware.of("eu-1a"), Policy.leastRequest()) // ZoneAvoidanceRule
            .withOutlierDetection(OutlierDetection.standard()); // and its circuit breaker
    LoadBalancer balancer = new LoadBalancer(view, policy);
    for (int i = 0; i < 100; i++) {
      try (Pick pick = balancer.pick().orElseThrow()) {
        called.add(pick.instance().address("http").orElseThrow());
        pick.success(); // in place of Ribbon's ServerStats; failure() if the call failed
      }
    }
    // end
    return called;
  }
}
