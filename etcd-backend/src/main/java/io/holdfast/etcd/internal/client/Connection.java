package io.holdfast.etcd.internal.client;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.Response;
import io.etcd.jetcd.Txn;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.cluster.Member;
import io.etcd.jetcd.cluster.MemberListResponse;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.lease.LeaseGrantResponse;
import io.etcd.jetcd.lease.LeaseKeepAliveResponse;
import io.etcd.jetcd.maintenance.StatusResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.LeaseOption;
import io.etcd.jetcd.options.WatchOption;
import io.holdfast.coordination.ClusterUri;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.spi.Context;
import io.holdfast.spi.Futures;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The cluster through jetcd. Every request has a deadline, is done at most once, and ends in the
 * context, where all requests begin too.
 *
 * <p>jetcd's own retries are off: a request that it repeats may be done twice, and only the caller
 * knows whether that matters. A request that certainly never left goes to the next server. Reads go
 * as Txns without writes, which etcd answers like any other read; so there is one way for all.
 *
 * <p>Writes go to the leader, if it is known ({@link Leader}) and answers: any other server would
 * only pass them on. For everything else the servers take turns; one that does not answer is passed
 * over for a while. gRPC's own round robin would go on asking a frozen server, and with three
 * servers and three requests in a cycle of tries it can hit it with the same one each time.
 */
public final class Connection implements AutoCloseable {

  private static final int DEFAULT_PORT = 2379;

  private final Context context;
  private final List<Server> servers;

  /** Null if the client is the application's. */
  private final @Nullable Security security;

  private final Leader leader;
  private int turn;

  public Connection(ClusterUri uri, Duration connectTimeout, Security security, Context context) {
    this.context = context;
    this.security = security;
    this.servers =
        uri.hostsWithPort(DEFAULT_PORT).stream()
            .map(host -> new Server(host, connectTimeout, security, context))
            .toList();
    this.leader = new Leader(context, host -> askForLeader(host, connectTimeout));
    this.turn = context.random().nextInt(servers.size());
  }

  /** By way of the application's client, which is not closed. */
  public Connection(Client application, Context context) {
    this.context = context;
    this.security = null;
    this.servers = List.of(Server.behind(application, context));
    this.leader = new Leader(context, host -> new CompletableFuture<>());
  }

  /** True if the client is the application's. */
  public boolean isApplications() {
    return security == null;
  }

  /** The servers as {@code host:port}. */
  public List<String> hosts() {
    return servers.stream().map(Server::host).toList();
  }

  /** The leader if it is known and not suspected; or else whoever is next. */
  private Server leading() {
    return servers.stream()
        .filter(server -> leader.isAt(server.host()) && !server.isSuspect())
        .findFirst()
        .orElseGet(this::next);
  }

  /** The next in turn that is not suspected; or else the one that was suspected first. */
  private Server next() {
    for (int i = 0; i < servers.size(); i++) {
      turn = (turn + 1) % servers.size();
      if (!servers.get(turn).isSuspect()) {
        return servers.get(turn);
      }
    }
    long now = context.nanoTime();
    return servers.stream()
        .min(Comparator.comparingLong(server -> server.suspectUntil() - now))
        .orElseThrow();
  }

  /**
   * Sends a Txn that writes.
   *
   * @return fails with {@link UnavailableException} (not done) or {@link
   *     io.holdfast.coordination.IndeterminateException} (perhaps done, perhaps still to be done)
   */
  public CompletableFuture<TxnResponse> write(
      List<Cmp> guards, List<Op> then, List<Op> otherwise, Duration timeout) {
    return ask(
        this::leading,
        timeout,
        server -> txn(server, guards, then, otherwise).commit(),
        Failures::ofWrite);
  }

  /**
   * Sends a Txn that only reads.
   *
   * @return fails with {@link UnavailableException}
   */
  public CompletableFuture<TxnResponse> read(List<Op> reads, Duration timeout) {
    return ask(
        timeout, server -> txn(server, List.of(), reads, List.of()).commit(), Failures::ofRead);
  }

  private static Txn txn(Server server, List<Cmp> guards, List<Op> then, List<Op> otherwise) {
    return server
        .client()
        .getKVClient()
        .txn()
        .If(guards.toArray(new Cmp[0]))
        .Then(then.toArray(new Op[0]))
        .Else(otherwise.toArray(new Op[0]));
  }

  /** Asks for a lease. Fails with {@link UnavailableException}; a lease nobody knows of expires. */
  public CompletableFuture<LeaseGrantResponse> grant(long seconds, Duration timeout) {
    return ask(
        timeout, server -> server.client().getLeaseClient().grant(seconds), Failures::ofRead);
  }

  /** Renews a lease. Fails as jetcd does; see {@link Failures#isLeaseNotFound}. */
  public CompletableFuture<LeaseKeepAliveResponse> keepAliveOnce(long id, Duration timeout) {
    return ask(
        timeout,
        server -> server.client().getLeaseClient().keepAliveOnce(id),
        (failure, call) -> Futures.unwrapped(failure));
  }

  /** Revokes a lease. Completes with true once it is gone, and with false if that is not known. */
  public CompletableFuture<Boolean> revoke(long id, Duration timeout) {
    return ask(
            timeout,
            server -> server.client().getLeaseClient().revoke(id),
            (failure, call) -> Futures.unwrapped(failure))
        .handle((done, failure) -> failure == null || Failures.isLeaseNotFound(failure));
  }

  /** True if the cluster still has the lease. Fails with {@link UnavailableException}. */
  public CompletableFuture<Boolean> hasLease(long id, Duration timeout) {
    return ask(
            timeout,
            server -> server.client().getLeaseClient().timeToLive(id, LeaseOption.DEFAULT),
            Failures::ofRead)
        .thenApply(answer -> answer.getTTL() > 0);
  }

  /** Asks one server for its version, on any thread. */
  public CompletableFuture<String> version(String host, Duration timeout) {
    return status(host, timeout).thenApply(StatusResponse::getVersion);
  }

  /** Asks one server how it is, on any thread. */
  public CompletableFuture<StatusResponse> status(String host, Duration timeout) {
    Server server =
        servers.stream().filter(each -> each.host().equals(host)).findFirst().orElseThrow();
    return new Call(host, timeout)
        .make(context, () -> server.client().getMaintenanceClient().statusMember(server.target()));
  }

  /** Asks who the members are. Fails with {@link UnavailableException}. */
  public CompletableFuture<List<Member>> members(Duration timeout) {
    return ask(timeout, server -> server.client().getClusterClient().listMember(), Failures::ofRead)
        .thenApply(MemberListResponse::getMembers);
  }

  /**
   * Asks the servers why there is no connection. Blocks for some seconds.
   *
   * @return what is wrong, if it is wrong with TLS
   */
  public Optional<String> tlsProblem() {
    return security == null ? Optional.empty() : security.probe().ask(hosts());
  }

  /** Opens a watch; jetcd gives each its own stream. The listener is called on gRPC's threads. */
  public Watch.Watcher watch(ByteSequence key, WatchOption option, Watch.Listener listener) {
    return next().client().getWatchClient().watch(key, option, listener);
  }

  private CompletableFuture<Leader.Told> askForLeader(String host, Duration timeout) {
    CompletableFuture<Leader.Told> told = new CompletableFuture<>();
    status(host, timeout)
        .whenComplete(
            (status, failure) ->
                context.execute(
                    () -> {
                      if (failure == null) {
                        told.complete(new Leader.Told(status.getLeader(), status.getRaftTerm()));
                      } else {
                        told.completeExceptionally(failure);
                      }
                    }));
    return told;
  }

  /** Asks the servers in turn. */
  private <T extends Response> CompletableFuture<T> ask(
      Duration timeout,
      Function<Server, CompletableFuture<T>> request,
      BiFunction<Throwable, Call, Throwable> meaning) {
    return ask(this::next, timeout, request, meaning);
  }

  private <T extends Response> CompletableFuture<T> ask(
      Supplier<Server> choice,
      Duration timeout,
      Function<Server, CompletableFuture<T>> request,
      BiFunction<Throwable, Call, Throwable> meaning) {
    Request<T> asked = new Request<>(choice, timeout, request, meaning);
    asked.send(servers.size() + 1);
    return asked.answer;
  }

  /** One request, on its way to one server after the other as long as it is certainly not done. */
  private final class Request<T extends Response> {
    private final Supplier<Server> choice;
    private final Duration timeout;
    private final Function<Server, CompletableFuture<T>> request;
    private final BiFunction<Throwable, Call, Throwable> meaning;
    private final CompletableFuture<T> answer = new CompletableFuture<>();

    private Request(
        Supplier<Server> choice,
        Duration timeout,
        Function<Server, CompletableFuture<T>> request,
        BiFunction<Throwable, Call, Throwable> meaning) {
      this.choice = choice;
      this.timeout = timeout;
      this.request = request;
      this.meaning = meaning;
    }

    private void send(int tries) {
      Server server = choice.get();
      Call call = new Call(server.host(), timeout);
      call.make(context, () -> request.apply(server))
          .whenComplete(
              (value, failure) ->
                  context.execute(
                      () -> {
                        if (failure == null) {
                          answered(server, value);
                          answer.complete(value);
                        } else {
                          failed(server, call, failure, tries);
                        }
                      }));
    }

    private void failed(Server server, Call call, Throwable failure, int tries) {
      boolean again = tries > 1;
      if (Failures.isTokenRefused(failure)) {
        server.answered();
      } else if (call.mayHaveLeft()) {
        note(server, failure);
        again = false;
      } else {
        server.notConnected();
      }
      if (again) {
        send(tries - 1);
      } else {
        answer.completeExceptionally(meaning.apply(failure, call));
      }
    }
  }

  private void answered(Server server, Response response) {
    server.answered();
    if (servers.size() > 1) {
      leader.answered(server.host(), response.getHeader());
    }
  }

  private static void note(Server server, Throwable failure) {
    if (Failures.isNoAnswer(failure)) {
      server.suspect();
    } else {
      server.answered();
    }
  }

  @Override
  public void close() {
    servers.forEach(Server::close);
  }
}
