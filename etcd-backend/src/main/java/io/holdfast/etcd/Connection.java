package io.holdfast.etcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.Lease;
import io.etcd.jetcd.Txn;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.lease.LeaseGrantResponse;
import io.etcd.jetcd.lease.LeaseKeepAliveResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.LeaseOption;
import io.etcd.jetcd.options.WatchOption;
import io.holdfast.coordination.ClusterUri;
import io.holdfast.coordination.Context;
import io.holdfast.coordination.UnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The cluster through jetcd. Every request has a deadline, is sent once, and ends in the context.
 *
 * <p>jetcd's own retries are off: a request that it repeats may be done twice, and only the caller
 * knows whether that matters. Reads go as Txns without writes, which etcd answers like any other
 * read; so there is one way for all. Requests go to the servers in turn, so that one which does not
 * answer costs a request and not the session.
 */
final class Connection implements AutoCloseable {

  /** Less than this gRPC does not allow. A dead connection is noticed after both. */
  private static final Duration PING_EVERY = Duration.ofSeconds(10);

  private static final Duration PING_TIMEOUT = Duration.ofSeconds(4);
  private static final int LARGEST_REPLY = 64 * 1024 * 1024;
  private static final int DEFAULT_PORT = 2379;

  private final Context context;
  private final List<String> hosts;
  private final Client client;
  private final KV kv;
  private final Lease lease;
  private final Watch watch;

  Connection(ClusterUri uri, Duration connectTimeout, Context context) {
    this.context = context;
    this.hosts = uri.hostsWithPort(DEFAULT_PORT);
    this.client =
        Client.builder()
            .target("ip:///" + String.join(",", hosts))
            .executorService(new DirectExecutor())
            .interceptor(new Call.Interceptor())
            .waitForReady(false)
            .retryMaxAttempts(0)
            .connectTimeout(connectTimeout)
            .keepaliveTime(PING_EVERY)
            .keepaliveTimeout(PING_TIMEOUT)
            .keepaliveWithoutCalls(true)
            .maxInboundMessageSize(LARGEST_REPLY)
            .build();
    this.kv = client.getKVClient();
    this.lease = client.getLeaseClient();
    this.watch = client.getWatchClient();
  }

  /** The servers as {@code host:port}. */
  List<String> hosts() {
    return hosts;
  }

  /**
   * Sends a Txn that writes.
   *
   * @return fails with {@link UnavailableException} (not done) or {@link
   *     io.holdfast.coordination.IndeterminateException} (perhaps done, perhaps still to be done)
   */
  CompletableFuture<TxnResponse> write(
      List<Cmp> guards, List<Op> then, List<Op> otherwise, Duration timeout) {
    Call call = new Call(timeout);
    return ask(call, () -> txn(guards, then, otherwise).commit(), f -> Failures.ofWrite(f, call));
  }

  /**
   * Sends a Txn that only reads.
   *
   * @return fails with {@link UnavailableException}
   */
  CompletableFuture<TxnResponse> read(List<Op> reads, Duration timeout) {
    return ask(
        new Call(timeout), () -> txn(List.of(), reads, List.of()).commit(), Failures::ofRead);
  }

  private Txn txn(List<Cmp> guards, List<Op> then, List<Op> otherwise) {
    return kv.txn()
        .If(guards.toArray(new Cmp[0]))
        .Then(then.toArray(new Op[0]))
        .Else(otherwise.toArray(new Op[0]));
  }

  /** Asks for a lease. Fails with {@link UnavailableException}; a lease nobody knows of expires. */
  CompletableFuture<LeaseGrantResponse> grant(long seconds, Duration timeout) {
    return ask(new Call(timeout), () -> lease.grant(seconds), Failures::ofRead);
  }

  /** Renews a lease. Fails as jetcd does; see {@link Failures#isLeaseNotFound}. */
  CompletableFuture<LeaseKeepAliveResponse> keepAliveOnce(long id, Duration timeout) {
    return ask(new Call(timeout), () -> lease.keepAliveOnce(id), Failures::unwrapped);
  }

  /** Revokes a lease. Completes with true once it is gone, and with false if that is not known. */
  CompletableFuture<Boolean> revoke(long id, Duration timeout) {
    return ask(new Call(timeout), () -> lease.revoke(id), Failures::unwrapped)
        .handle((done, failure) -> failure == null || Failures.isLeaseNotFound(failure));
  }

  /** True if the cluster still has the lease. Fails with {@link UnavailableException}. */
  CompletableFuture<Boolean> hasLease(long id, Duration timeout) {
    return ask(new Call(timeout), () -> lease.timeToLive(id, LeaseOption.DEFAULT), Failures::ofRead)
        .thenApply(answer -> answer.getTTL() > 0);
  }

  /** Asks one server for its version. Fails with {@link UnavailableException}. */
  CompletableFuture<String> version(String host, Duration timeout) {
    return ask(
            new Call(timeout),
            () -> client.getMaintenanceClient().statusMember("ip:///" + host),
            Failures::ofRead)
        .thenApply(answer -> answer.getVersion());
  }

  /** Opens a watch; jetcd gives each its own stream. The listener is called on gRPC's threads. */
  Watch.Watcher watch(ByteSequence key, WatchOption option, Watch.Listener listener) {
    return watch.watch(key, option, listener);
  }

  private <T> CompletableFuture<T> ask(
      Call call, Supplier<CompletableFuture<T>> request, Function<Throwable, Throwable> meaning) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    CompletableFuture<T> asked;
    try {
      asked = call.make(request);
    } catch (RuntimeException e) {
      asked = CompletableFuture.failedFuture(e);
    }
    asked.whenComplete(
        (value, failure) ->
            context.execute(
                () -> {
                  if (failure == null) {
                    answer.complete(value);
                  } else {
                    answer.completeExceptionally(meaning.apply(failure));
                  }
                }));
    return answer;
  }

  @Override
  public void close() {
    client.close();
  }
}
