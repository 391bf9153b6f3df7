package io.holdfast.http;

import io.holdfast.loadbalancer.LoadBalancer;
import io.holdfast.loadbalancer.retry.RetryBudget;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Sends calls to a service: picks an instance, sends, reports the outcome and the time it took, and
 * tries another where that is safe. Safe for use by many threads; no call blocks any.
 *
 * <pre>{@code
 * BalancedHttpClient payments = new BalancedHttpClient(new LoadBalancer(view, Policy.peakEwma()));
 * payments
 *     .send(HttpCall.post("/transfers", json).withIdempotencyKey(key), BodyHandlers.ofString())
 *     .thenAccept(answer -> use(answer.response()));
 * }</pre>
 *
 * <p><b>Tries.</b> A try that did not connect (refused, no such host, no connection in time) is
 * always made again elsewhere; one that an instance refused ({@link ResponseVerdict#REFUSED}) too.
 * One that was sent and not answered, or answered as {@link ResponseVerdict#FAILED} or {@link
 * ResponseVerdict#LATER}, is made again only for a call that is idempotent. Instances that were
 * tried come last. There are at most as many tries as {@link CallRules#retries} says and the {@link
 * RetryBudget} gives, and none begins after the deadline. With {@link
 * io.holdfast.loadbalancer.retry.RetryRules#hedges hedging}, an idempotent call that is not
 * answered in time is sent to a second instance as well; the answer that comes first counts, and
 * the other try is cancelled.
 *
 * <p><b>Drain.</b> An instance that is not UP any more gets no further try; tries that it has in
 * hand go on.
 *
 * <p>A {@code Retry-After} is not waited for: another instance is asked.
 */
public final class BalancedHttpClient {

  private static final Duration CONNECT = Duration.ofSeconds(1);

  private final LoadBalancer balancer;
  private final CallRules rules;
  private final RetryBudget budget;
  private final HttpClient http;

  /** With {@link CallRules#standard}, a budget of its own, and a second to connect. */
  public BalancedHttpClient(LoadBalancer balancer) {
    this(balancer, CallRules.standard());
  }

  /** With other rules, a budget of its own, and a second to connect. */
  public BalancedHttpClient(LoadBalancer balancer, CallRules rules) {
    this(balancer, rules, new RetryBudget(), defaultClient());
  }

  /**
   * With parts of the user's own, which clients for other instances of the service, those that own
   * a shard for example, may share.
   *
   * @param budget to be shared by all that call the same service
   * @param http has its pool of connections, TLS, proxy and executor; should have a connect
   *     time-out, for a try that ends by {@link CallRules#attempt} counts as sent
   */
  public BalancedHttpClient(
      LoadBalancer balancer, CallRules rules, RetryBudget budget, HttpClient http) {
    this.balancer = balancer;
    this.rules = rules;
    this.budget = budget;
    this.http = http;
  }

  private static HttpClient defaultClient() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(CONNECT)
        .build();
  }

  /**
   * Sends a call.
   *
   * @return completes in a thread of the HTTP client or of a timer: do not block there. Has the
   *     last response, whatever its status; fails with {@link NotSentException} or {@link
   *     OutcomeUnknownException}. Cancelling it cancels the tries; what they have done by then,
   *     they have done
   */
  public <T> CompletableFuture<Answer<T>> send(HttpCall call, BodyHandler<T> handler) {
    return new CallExecution<T>(call, handler, rules, http, balancer, budget).start();
  }

  /** {@link #send} for who wants nothing but the status. */
  public CompletableFuture<Answer<Void>> send(HttpCall call) {
    return send(call, HttpResponse.BodyHandlers.discarding());
  }
}
