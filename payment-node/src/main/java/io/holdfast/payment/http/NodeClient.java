package io.holdfast.payment.http;

import io.holdfast.http.BalancedHttpClient;
import io.holdfast.http.CallRules;
import io.holdfast.http.ResponseVerdict;
import io.holdfast.loadbalancer.retry.RetryBudget;
import io.holdfast.loadbalancer.retry.RetryRules;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/**
 * By what a node reaches the owners of shards.
 *
 * @param node who calls
 * @param proof proves it to the other end, and the other end to it
 * @param byShard one try each, for who owns the shard is looked up anew before every try
 */
record NodeClient(String node, ForwardProof proof, List<BalancedHttpClient> byShard) {

  static final Duration CONNECT = Duration.ofSeconds(1);
  static final int MISDIRECTED = 421;

  /**
   * Over these owners.
   *
   * @param http made for HTTP/1.1
   * @param scheme how nodes are spoken to, and what their port is called
   */
  static NodeClient of(
      String node,
      ForwardProof proof,
      Owners owners,
      int shards,
      HttpClient http,
      Scheme scheme,
      Duration attempt) {
    RetryBudget none = new RetryBudget(0, 0);
    CallRules plain =
        CallRules.standard()
            .withRetries(RetryRules.never())
            .withAttempt(attempt)
            .withJudge(NodeClient::judge);
    CallRules rules = scheme == Scheme.HTTPS ? plain.secure(scheme.toString()) : plain;
    return new NodeClient(
        node,
        proof,
        IntStream.range(0, shards)
            .mapToObj(shard -> new BalancedHttpClient(owners.ofShard(shard), rules, none, http))
            .toList());
  }

  private static ResponseVerdict judge(HttpResponse<?> response) {
    return response.statusCode() == MISDIRECTED
        ? ResponseVerdict.REFUSED
        : ResponseVerdict.byStatus(response);
  }
}
