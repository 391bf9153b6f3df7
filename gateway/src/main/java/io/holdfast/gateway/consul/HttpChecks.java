package io.holdfast.gateway.consul;

import io.holdfast.spi.Durations;
import io.netty.util.NetUtil;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the checks by HTTP that clients of Consul register: the gateway that holds an instance's
 * lease makes them, and the others when it is gone.
 *
 * <p>What keeps a client from using the gateway as its messenger: the host of the URL is the
 * address that it registers, which {@link Loopback#allows} after it was looked up; nothing is sent
 * but the path; the answer is its status, which only says passing, warning or critical; and so many
 * are under way at a time.
 */
final class HttpChecks implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(HttpChecks.class);
  private static final long TICK_MILLIS = 250;
  private static final int MOST_UNDER_WAY = 256;
  private static final int RESOLVERS = 4;
  private static final int MOST_CAUSES = 8;
  private static final int SUCCESS = 200;
  private static final int REDIRECT = 300;
  private static final int TOO_MANY_REQUESTS = 429;

  private final WorkerExecutor resolvers;
  private final HttpClient client;
  private final HttpClient unverified;
  private final Predicate<String> isMine;
  private final Report report;
  private final Consumer<String> postponed;
  private final Runnable stop;
  private final AtomicInteger underWay = new AtomicInteger();

  /** By the check's id. */
  private final Map<String, Scheduled> checks = new ConcurrentHashMap<>();

  /** Takes what came of a check. */
  interface Report {
    void of(String check, CheckStatus status, String output);
  }

  /** A check, and when it is next, on the monotonic clock. Used on one event loop. */
  private static final class Scheduled {
    private final HttpProbe probe;
    private long nextAt;
    private boolean underWay;

    Scheduled(HttpProbe probe, long nextAt) {
      this.probe = probe;
      this.nextAt = nextAt;
    }

    boolean isDue(long now) {
      return !underWay && nextAt - now <= 0;
    }
  }

  /** A check that is not made. */
  private static final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    RefusedException(String message) {
      super(message, null, false, false);
    }
  }

  /**
   * Without checks.
   *
   * @param isMine whether this gateway makes the check of this id now
   * @param postponed told, again and again, which check is due while too many are under way
   */
  HttpChecks(Vertx vertx, Predicate<String> isMine, Report report, Consumer<String> postponed) {
    this.isMine = isMine;
    this.report = report;
    this.postponed = postponed;
    this.resolvers = vertx.createSharedWorkerExecutor("holdfast-consul-checks", RESOLVERS);
    this.client = vertx.createHttpClient(options());
    this.unverified = vertx.createHttpClient(options().setTrustAll(true).setVerifyHost(false));
    long timer = vertx.setPeriodic(TICK_MILLIS, fired -> tick());
    this.stop = () -> vertx.cancelTimer(timer);
  }

  private static HttpClientOptions options() {
    return new HttpClientOptions().setKeepAlive(false).setDecompressionSupported(false);
  }

  /** Makes a check from now on, or makes it so from now on. */
  void follow(String check, HttpProbe probe) {
    checks.compute(
        check,
        (id, there) ->
            there != null && there.probe.equals(probe)
                ? there
                : new Scheduled(probe, System.nanoTime()));
  }

  void forget(String check) {
    checks.remove(check);
  }

  private void tick() {
    long now = System.nanoTime();
    List<Map.Entry<String, Scheduled>> due =
        checks.entrySet().stream()
            .filter(one -> one.getValue().isDue(now))
            .sorted(Comparator.comparingLong(one -> one.getValue().nextAt - now))
            .toList();
    for (Map.Entry<String, Scheduled> one : due) {
      if (underWay.get() >= MOST_UNDER_WAY) {
        if (isMine.test(one.getKey())) {
          postponed.accept(one.getKey());
        }
        continue;
      }
      Scheduled check = one.getValue();
      check.nextAt = now + withJitter(check.probe.interval());
      if (isMine.test(one.getKey())) {
        make(one.getKey(), check);
      }
    }
  }

  /** So that the checks of a fleet that started at once do not stay in step. */
  private static long withJitter(Duration interval) {
    long nanos = Durations.nanos(interval);
    return nanos - ThreadLocalRandom.current().nextLong(nanos / 20 + 1);
  }

  private void make(String id, Scheduled check) {
    HttpProbe probe = check.probe;
    check.underWay = true;
    underWay.incrementAndGet();
    ask(probe)
        .onComplete(
            done -> {
              check.underWay = false;
              underWay.decrementAndGet();
              if (checks.get(id) != check) {
                return;
              }
              if (done.succeeded()) {
                report.of(id, of(done.result()), text(probe, Integer.toString(done.result())));
              } else if (done.cause() instanceof RefusedException && isElsewhere(probe)) {
                LOG.debug("the check {} is another machine's to make", id);
              } else {
                report.of(id, CheckStatus.CRITICAL, text(probe, reason(done.cause())));
              }
            });
  }

  /** Registered by the loopback of another machine: only the gateways there can tell. */
  private static boolean isElsewhere(HttpProbe probe) {
    return probe.local().filter(name -> !name.equals(Loopback.NAME)).isPresent();
  }

  private Future<Integer> ask(HttpProbe probe) {
    long millis = Math.max(1, Durations.millis(probe.timeout()));
    HttpClient with = probe.anyCertificate() ? unverified : client;
    return address(probe)
        .compose(
            address ->
                with.request(
                    new RequestOptions()
                        .setMethod(HttpMethod.GET)
                        .setSsl(probe.isSecure())
                        .setHost(probe.host())
                        .setPort(probe.port())
                        .setServer(SocketAddress.inetSocketAddress(probe.port(), address))
                        .setURI(probe.target())
                        .setConnectTimeout(millis)
                        .setFollowRedirects(false)))
        .compose(request -> status(request, millis));
  }

  /** Addresses do not wait behind names, which a name service may keep waiting. */
  private Future<String> address(HttpProbe probe) {
    String host = probe.host();
    if (!NetUtil.isValidIpV4Address(host) && !NetUtil.isValidIpV6Address(host)) {
      return resolvers.executeBlocking(() -> resolve(probe), false);
    }
    try {
      return Future.succeededFuture(resolve(probe));
    } catch (UnknownHostException | RefusedException e) {
      return Future.failedFuture(e);
    }
  }

  private static Future<Integer> status(HttpClientRequest request, long millis) {
    // The request fails, too, and that is what is reported.
    request.connection().exceptionHandler(broken -> {});
    return request
        .send()
        .map(
            response -> {
              // The connection is closed under it, which is no fault.
              response.exceptionHandler(closed -> {});
              return response.statusCode();
            })
        .timeout(millis, TimeUnit.MILLISECONDS)
        // The body is nobody's concern, and may be endless.
        .onComplete(done -> request.connection().close());
  }

  private static String resolve(HttpProbe probe) throws UnknownHostException {
    InetAddress address = InetAddress.getByName(probe.host());
    if (!Loopback.allows(address, probe.local())) {
      throw new RefusedException(
          "not made, since "
              + address.getHostAddress()
              + " is no address of a host, or a loopback by which its client did not come");
    }
    return address.getHostAddress();
  }

  private static CheckStatus of(int status) {
    if (status >= SUCCESS && status < REDIRECT) {
      return CheckStatus.PASSING;
    }
    return status == TOO_MANY_REQUESTS ? CheckStatus.WARNING : CheckStatus.CRITICAL;
  }

  private static String text(HttpProbe probe, String what) {
    return "HTTP GET " + probe.url() + ": " + what;
  }

  /** What is at the bottom of it: above, TLS only says that it failed. */
  private static String reason(Throwable failure) {
    Throwable cause = failure;
    for (int depth = 0; depth < MOST_CAUSES && cause.getCause() != null; depth++) {
      cause = cause.getCause();
    }
    return cause instanceof UnknownHostException
        ? "the name is unknown"
        : Optional.ofNullable(cause.getMessage()).orElse(cause.getClass().getSimpleName());
  }

  @Override
  public void close() {
    stop.run();
    client.close();
    unverified.close();
    resolvers.close();
  }
}
