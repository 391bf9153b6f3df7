package io.holdfast.benchmarks.balance;

import com.netflix.client.config.DefaultClientConfigImpl;
import com.netflix.client.config.IClientConfig;
import com.netflix.loadbalancer.DummyPing;
import com.netflix.loadbalancer.DynamicServerListLoadBalancer;
import com.netflix.loadbalancer.Server;
import com.netflix.loadbalancer.ServerList;
import com.netflix.loadbalancer.ServerListUpdater;
import com.netflix.loadbalancer.ZoneAvoidanceRule;
import java.lang.invoke.LambdaMetafactory;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.cloud.client.DefaultServiceInstance;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.loadbalancer.core.RoundRobinLoadBalancer;
import org.springframework.cloud.loadbalancer.core.ServiceInstanceListSupplier;
import reactor.core.publisher.Flux;

/** The peers' pickers, over instances that do not change. */
final class Peers {

  private static final String HOST = "10.0.0.1";
  private static final int PORT = 8080;

  private Peers() {}

  static Chooser ribbonZoneAvoidance(int size) {
    IClientConfig config = DefaultClientConfigImpl.getClientConfigWithDefaultValues("bench");
    DynamicServerListLoadBalancer<Server> balancer =
        new DynamicServerListLoadBalancer<>(
            config,
            new ZoneAvoidanceRule(),
            new DummyPing(),
            new Servers(IntStream.range(0, size).mapToObj(Peers::ribbonServer).toList()),
            null,
            new NoUpdates());
    return affinity -> balancer.chooseServer("default");
  }

  private static Server ribbonServer(int index) {
    Server server = new Server(Fleets.id(index), PORT);
    server.setZone(Fleets.zone(index));
    server.setAlive(true);
    server.setReadyToServe(true);
    return server;
  }

  private record Servers(List<Server> all) implements ServerList<Server> {
    @Override
    public List<Server> getInitialListOfServers() {
      return all;
    }

    @Override
    public List<Server> getUpdatedListOfServers() {
      return all;
    }
  }

  private static final class NoUpdates implements ServerListUpdater {
    @Override
    public void start(UpdateAction updateAction) {}

    @Override
    public void stop() {}

    @Override
    public String getLastUpdate() {
      return "never";
    }

    @Override
    public long getDurationSinceLastUpdateMs() {
      return 0;
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

  static Chooser springCloudRoundRobin(int size) {
    List<ServiceInstance> instances =
        IntStream.range(0, size)
            .<ServiceInstance>mapToObj(
                i -> new DefaultServiceInstance(Fleets.id(i), Fleets.SERVICE, HOST, PORT, false))
            .toList();
    ServiceInstanceListSupplier supplier =
        new ServiceInstanceListSupplier() {
          @Override
          public String getServiceId() {
            return Fleets.SERVICE;
          }

          @Override
          public Flux<List<ServiceInstance>> get() {
            return Flux.just(instances);
          }
        };
    RoundRobinLoadBalancer balancer =
        new RoundRobinLoadBalancer(new Provided(supplier), Fleets.SERVICE);
    return affinity -> balancer.choose().block();
  }

  private record Provided(ServiceInstanceListSupplier supplier)
      implements ObjectProvider<ServiceInstanceListSupplier> {
    @Override
    public ServiceInstanceListSupplier getObject() {
      return supplier;
    }

    @Override
    public ServiceInstanceListSupplier getIfAvailable() {
      return supplier;
    }

    @Override
    public Stream<ServiceInstanceListSupplier> stream() {
      return Stream.of(supplier);
    }
  }

  /**
   * The scheduler of gRPC's weighted round robin. It is not public; a lambda made inside of it
   * calls it as fast as gRPC does.
   */
  static Chooser grpcStaticStride(int size) {
    float[] weights = new float[size];
    for (int i = 0; i < size; i++) {
      weights[i] = Fleets.weight(i);
    }
    String[] instances = IntStream.range(0, size).mapToObj(Fleets::id).toArray(String[]::new);
    IntSupplier scheduler = staticStride(weights);
    return affinity -> instances[scheduler.getAsInt()];
  }

  private static IntSupplier staticStride(float[] weights) {
    try {
      Class<?> type =
          Class.forName("io.grpc.xds.WeightedRoundRobinLoadBalancer$StaticStrideScheduler");
      MethodHandles.Lookup inside = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
      Object scheduler =
          inside
              .findConstructor(
                  type, MethodType.methodType(void.class, float[].class, AtomicInteger.class))
              .invoke(weights, new AtomicInteger());
      MethodType pick = MethodType.methodType(int.class);
      return (IntSupplier)
          LambdaMetafactory.metafactory(
                  inside,
                  "getAsInt",
                  MethodType.methodType(IntSupplier.class, type),
                  pick,
                  inside.findVirtual(type, "pick", pick),
                  pick)
              .getTarget()
              .invoke(scheduler);
    } catch (Error e) {
      throw e;
    } catch (Throwable e) { // what method handles declare
      throw new IllegalStateException("gRPC has another scheduler than the one known", e);
    }
  }
}
