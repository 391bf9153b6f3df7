package io.holdfast.zookeeper.internal.inspect;

import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.spi.Context;
import io.holdfast.spi.DaemonThread;
import io.holdfast.spi.Durations;
import io.holdfast.spi.Finding;
import io.holdfast.zookeeper.internal.client.Connection;
import io.holdfast.zookeeper.internal.client.Reply;
import io.holdfast.zookeeper.internal.client.Security;
import io.holdfast.zookeeper.internal.read.Paths;
import io.holdfast.zookeeper.internal.session.ProofOfLife;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Looks at the servers of an ensemble, one by one, then through a connection of its own at what the
 * ensemble says of itself, and through another at what a client without credentials could do.
 */
public final class Examination implements Connection.Events {

  private static final Duration PER_SERVER = Duration.ofSeconds(2);
  private static final String CONFIG = "/zookeeper/config";

  private final List<String> servers;
  private final Security security;
  private final Context context;
  private final Duration patience;
  private final Duration timeout;
  private final Connection connection;
  private final AnonymousTrial anonymous;
  private final CompletableFuture<List<Finding>> inside = new CompletableFuture<>();
  private final CompletableFuture<List<Finding>> outside = new CompletableFuture<>();
  private final CompletableFuture<List<Finding>> findings;

  /** Used in the context only. */
  private boolean asked;

  public Examination(
      String servers, Paths paths, CoordinatorOptions options, Security security, Context context) {
    this.servers = List.of(servers.split(","));
    this.security = security;
    this.context = context;
    // Ends before the caller's patience does.
    this.patience = options.connectTimeout().multipliedBy(2).dividedBy(3);
    this.timeout = options.sessionTimeout();
    this.connection = new Connection(servers, timeout, security, context);
    this.anonymous = new AnonymousTrial(servers, paths, options, security, patience, context);
    this.findings =
        outside
            .thenCombine(
                inside,
                (first, second) -> {
                  List<Finding> all = new ArrayList<>(first);
                  all.addAll(second);
                  return all;
                })
            .thenCombine(
                anonymous.finding(),
                (all, namespace) -> {
                  namespace.ifPresent(all::add);
                  return all;
                });
    inside.whenComplete((found, failure) -> connection.closeInBackground());
  }

  /** Completes on any thread. */
  public CompletableFuture<List<Finding>> findings() {
    return findings;
  }

  /** In the context. */
  public void start() {
    DaemonThread.start("holdfast-zookeeper-examination", () -> outside.complete(servers()));
    context.schedule(patience, () -> inside.complete(List.of()));
    connection.open(this);
    anonymous.start();
  }

  /** Ends it with what is known. In the context. */
  public void abandon() {
    inside.complete(List.of());
    outside.complete(List.of());
    anonymous.abandon();
  }

  /** All at once, as one that does not answer takes its time. */
  private List<Finding> servers() {
    Duration each = PER_SERVER.compareTo(patience) < 0 ? PER_SERVER : patience;
    List<CompletableFuture<Finding>> answers = new ArrayList<>();
    List<CompletableFuture<Optional<Duration>>> ticks = new ArrayList<>();
    for (String server : servers) {
      FourLetterWords word = new FourLetterWords(server, each, security.probing());
      answers.add(CompletableFuture.supplyAsync(word::ask));
      ticks.add(CompletableFuture.supplyAsync(word::tick));
    }
    List<Finding> all = new ArrayList<>();
    answers.forEach(answer -> all.add(answer.join()));
    Optional<Duration> longest =
        ticks.stream().flatMap(tick -> tick.join().stream()).max(Comparator.naturalOrder());
    if (longest.isPresent() || all.stream().anyMatch(Examination::hasAnswered)) {
      all.add(tick(longest));
    }
    return all;
  }

  private static boolean hasAnswered(Finding server) {
    return server.level() != Finding.Level.PROBLEM;
  }

  private Finding tick(Optional<Duration> longest) {
    ProofOfLife proof = new ProofOfLife(timeout, 0);
    proof.tickIs(longest);
    String what =
        longest
            .map(tick -> "a tick has " + Durations.millis(tick) + " ms")
            .orElse("the servers do not say");
    return proof
        .refusal()
        .map(why -> Finding.problem("tick", what + ", so that no lock can be held", why))
        .orElseGet(() -> Finding.ok("tick", what));
  }

  @Override
  public void connected() {
    if (asked) {
      return;
    }
    asked = true;
    connection
        .node(CONFIG)
        .thenApply(
            config -> {
              List<Finding> findings = new ArrayList<>();
              members(config, findings);
              return findings;
            })
        .whenComplete((found, failure) -> inside.complete(failure == null ? found : List.of()));
  }

  private void members(Reply<Reply.Node> config, List<Finding> findings) {
    if (!config.isOk()) {
      return;
    }
    long members =
        config.value().data().text().lines().filter(line -> line.startsWith("server.")).count();
    if (members == 0) {
      findings.add(
          servers.size() == 1
              ? Finding.ok("members", "one server by itself: fine for tests, lost with its machine")
              : Finding.problem(
                  "members",
                  servers.size() + " servers in the address, but this one is by itself",
                  "make them one ensemble, or locks exclude only those on the same server"));
    } else if (members != servers.size()) {
      findings.add(
          Finding.warning(
              "members",
              members + " servers in the ensemble, " + servers.size() + " in the address",
              "name them all in the address"));
    } else {
      findings.add(Finding.ok("members", members + " servers, all in the address"));
    }
    if (members > 0 && members % 2 == 0) {
      findings.add(
          Finding.warning(
              "majority",
              members + " servers stand no more failures than " + (members - 1),
              "run an odd number"));
    }
  }

  @Override
  public void expired() {
    inside.complete(List.of());
  }

  @Override
  public void refused() {
    inside.complete(List.of());
  }
}
