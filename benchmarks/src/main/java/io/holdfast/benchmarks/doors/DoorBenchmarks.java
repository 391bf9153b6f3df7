package io.holdfast.benchmarks.doors;

import io.holdfast.benchmarks.measure.Report;
import io.holdfast.benchmarks.measure.Result;
import io.holdfast.benchmarks.measure.Samples;
import io.holdfast.registry.Registration;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.testkit.network.WaitingRequests;
import java.io.File;
import java.lang.management.ManagementFactory;
import java.net.http.HttpClient;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * How long a new instance takes to come through each door, beside a service of 1,000 others, and
 * beside the original where it can be had: Eureka's own server in a process of its own, and for the
 * others Curator's service cache, which a client without a door would have. Then what clients cost
 * that wait.
 */
public final class DoorBenchmarks {

  /**
   * How thoroughly to measure.
   *
   * @param others instances beside the new one
   * @param rounds for each door
   * @param waiting clients that wait
   */
  record Effort(int others, int rounds, int waiting) {}

  private static final double MEDIAN = 0.5;
  private static final double P99 = 0.99;
  private static final int WARM_UP = 10;
  private static final long PATIENCE_SECONDS = 60;

  /** The watchers at which users of Consul complain (hashicorp/consul, issue 4984). */
  private static final int CONSULS_USERS = 682;

  private final Effort effort;
  private final Report report;

  /** With so many changes for each door. */
  public DoorBenchmarks(int rounds, Report report) {
    this(new Effort(1_000, rounds, 5_000), report);
  }

  DoorBenchmarks(Effort effort, Report report) {
    this.effort = effort;
    this.report = report;
  }

  /**
   * Measures all of it.
   *
   * @param eureka the class path of Eureka's server; its rows are left out without
   */
  public void run(Optional<String> eureka) throws Exception {
    try (DoorFleet fleet = new DoorFleet(effort.others())) {
      Optional<EurekaPeer> peer = Optional.empty();
      try {
        if (eureka.isPresent()) {
          peer = Optional.of(new EurekaPeer(eureka.get(), fleet, effort.others()));
        } else {
          report.say("left out: Eureka's server, whose class path was not given");
        }
        newInstances(fleet);
        if (peer.isPresent()) {
          peer.get().report(report);
        }
      } finally {
        peer.ifPresent(EurekaPeer::close);
      }
    }
    waiting();
  }

  private void newInstances(DoorFleet fleet) throws Exception {
    HttpClient http = HttpClient.newHttpClient();
    try (CuratorPeer curator = new CuratorPeer(fleet.servers(), effort.others());
        EndpointStream xds = new EndpointStream(fleet.xdsPort(), DoorFleet.SERVICE)) {
      Samples theirs = new Samples();
      for (int round = 0; round < WARM_UP; round++) {
        curator.change("warm" + round);
      }
      Map<String, Probe> probes = new LinkedHashMap<>();
      int port = fleet.gateway().port();
      probes.put("Eureka", Probe.eureka(http, port, "BENCH"));
      probes.put("Consul", Probe.blockingQuery(http, port, DoorFleet.SERVICE));
      probes.put("http_sd", Probe.page(http, port, "/prometheus/sd/" + DoorFleet.SERVICE));
      probes.put("DNS", Probe.dns(fleet.dnsPort(), DoorFleet.SERVICE));
      probes.put("xDS", xds);
      Map<String, Samples> ours = new LinkedHashMap<>();
      for (Map.Entry<String, Probe> door : probes.entrySet()) {
        // A part before each, so that both have the same machine.
        for (int round = 0; round < Math.max(2, effort.rounds() / probes.size()); round++) {
          theirs.addNanos(curator.change(door.getKey() + round));
        }
        ours.put(door.getKey(), measure(fleet, door.getValue()));
      }
      ours.forEach((door, samples) -> newInstance(door, samples, theirs));
    }
  }

  private void newInstance(String door, Samples ours, Samples theirs) {
    for (double part : new double[] {MEDIAN, P99}) {
      double we = ours.percentile(part) / 1e3;
      double they = theirs.percentile(part) / 1e3;
      report.add(
          new Result(
              "new instance to %s, beside %,d, %s"
                  .formatted(door, effort.others(), part == MEDIAN ? "median" : "p99"),
              "zookeeper",
              "curator ServiceCache",
              we,
              they,
              "ms",
              they / we,
              0));
    }
  }

  private Samples measure(DoorFleet fleet, Probe probe) throws Exception {
    Samples samples = new Samples();
    for (int round = -WARM_UP; round < effort.rounds(); round++) {
      String address = "10.200.%d.%d".formatted((round + WARM_UP) / 250, (round + WARM_UP) % 250);
      String id = "new-" + address;
      long began = System.nanoTime();
      CompletableFuture<Long> shown = shown(() -> probe.shows(id, address));
      try (Registration one =
          fleet
              .registry()
              .registerAsync(ServiceInstance.http(DoorFleet.SERVICE, id, address, 80))) {
        long took = shown.get(PATIENCE_SECONDS, TimeUnit.SECONDS) - began;
        if (round >= 0 && one.instance().id().equals(id)) {
          samples.addNanos(took);
        }
      }
    }
    return samples;
  }

  /** A question with an answer. */
  interface Question {
    boolean ask() throws Exception;
  }

  /** Asks again and again; completes with the time of the first yes. */
  static CompletableFuture<Long> shown(Question question) {
    CompletableFuture<Long> shown = new CompletableFuture<>();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    Thread asking =
        new Thread(
            () -> {
              try {
                while (System.nanoTime() < end) {
                  if (question.ask()) {
                    shown.complete(System.nanoTime());
                    return;
                  }
                }
                shown.completeExceptionally(new TimeoutException("not shown in time"));
              } catch (Exception e) {
                shown.completeExceptionally(e);
              }
            },
            "bench-probe");
    asking.setDaemon(true);
    asking.start();
    return shown;
  }

  private void waiting() throws Exception {
    try (DoorFleet fleet = new DoorFleet(1)) {
      HttpClient http = HttpClient.newHttpClient();
      Probe first = Probe.blockingQuery(http, fleet.gateway().port(), DoorFleet.SERVICE);
      await(() -> first.shows("", DoorFleet.address(0)));
      String index = Long.toString(fleet.gateway().feed().indexOf(Optional.of(DoorFleet.SERVICE)));
      long heap = heap();
      long files = openFiles();
      int threads = ManagementFactory.getThreadMXBean().getThreadCount();
      String path = "/v1/health/service/" + DoorFleet.SERVICE + "?passing&wait=10m&index=" + index;
      int count = effort.waiting();
      try (WaitingRequests clients = new WaitingRequests(fleet.gateway().port(), count, path)) {
        await(() -> fleet.waiting() == count);
        long each = (heap() - heap) / count;
        long sockets = openFiles() - files;
        int more = ManagementFactory.getThreadMXBean().getThreadCount() - threads;
        long began = System.nanoTime();
        String address = "10.250.0.1";
        try (Registration two =
            fleet
                .registry()
                .registerAsync(ServiceInstance.http(DoorFleet.SERVICE, "two", address, 80))) {
          int answered = clients.awaitAnswers(address, TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS));
          double took = (System.nanoTime() - began) / 1e6;
          report.say(
              "%,d clients of Consul's door that wait: %,d bytes of heap each with the client's half,"
                      .formatted(count, each)
                  + " %,d sockets, both halves, %d threads more; %s reached %,d of them in %,.0f ms"
                      .formatted(sockets, more, two.instance().id(), answered, took));
          report.add(
              new Result(
                  "clients that wait at one process and are all answered",
                  "zookeeper",
                  "Consul's users complain at",
                  answered,
                  CONSULS_USERS,
                  "clients",
                  (double) answered / CONSULS_USERS,
                  0));
        }
      }
    }
  }

  private static void await(Question question) throws Exception {
    shown(question).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private static long heap() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  /** On Linux; 0 elsewhere. */
  private static long openFiles() {
    String[] open = new File("/proc/self/fd").list();
    return open == null ? 0 : open.length;
  }
}
