package io.holdfast.payment.load;

import io.holdfast.http.CallRules;
import io.holdfast.http.server.tls.HttpTls;
import io.holdfast.loadbalancer.LoadBalancer;
import io.holdfast.payment.ledger.ShardMap;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The nodes that a load is for, and how its clients speak to them.
 *
 * @param nodes to choose from
 * @param map of their ledger
 * @param tls whom to trust, and the certificate to show; empty for nodes without TLS
 * @param keys the API key of a caller, by its name
 */
public record LoadTarget(
    LoadBalancer nodes, ShardMap map, Optional<HttpTls> tls, UnaryOperator<String> keys) {

  private static final String HTTPS = "https";

  /** Nodes without TLS that are open to everybody: whoever says a name has it. */
  public static LoadTarget open(LoadBalancer nodes, ShardMap map) {
    return new LoadTarget(nodes, map, Optional.empty(), name -> name);
  }

  /** The same nodes with TLS, and callers with API keys: see {@link LoadCallers}. */
  public LoadTarget secured(HttpTls trust, UnaryOperator<String> callersKeys) {
    return new LoadTarget(nodes, map, Optional.of(trust), callersKeys);
  }

  /** {@code http} or {@code https}; nodes name their port so, too. */
  String scheme() {
    return tls.isPresent() ? HTTPS : "http";
  }

  CallRules rules(CallRules plain) {
    return tls.isPresent() ? plain.secure(HTTPS) : plain;
  }

  HttpClient http(Duration connect) {
    HttpClient.Builder client =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(connect);
    return tls.map(with -> with.secure(client)).orElse(client).build();
  }
}
