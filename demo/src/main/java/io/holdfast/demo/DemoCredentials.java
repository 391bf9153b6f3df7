package io.holdfast.demo;

import io.holdfast.coordination.security.ClientCertificate;
import io.holdfast.http.server.tls.HttpTls;
import io.holdfast.http.server.tls.TlsIdentity;
import io.holdfast.http.server.tls.TlsOptions;
import io.holdfast.loadbalancer.LoadBalancer;
import io.holdfast.payment.ledger.Role;
import io.holdfast.payment.ledger.ShardMap;
import io.holdfast.payment.load.LoadTarget;
import io.holdfast.payment.security.ApiKey;
import io.holdfast.payment.security.CallerAdmin;
import io.holdfast.testkit.tls.TestAuthority;
import io.vertx.core.http.ClientAuth;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Whom the nodes and clients of a demo trust: an authority that only they know, a certificate for
 * the nodes and one for the clients, and an API key for each caller.
 */
final class DemoCredentials implements AutoCloseable {

  private static final long BOUND_SECONDS = 30;

  private final Path folder;
  private final TestAuthority authority;
  private final CallerAdmin admin;
  private final ClientCertificate node;
  private final Map<String, ApiKey> keys = new ConcurrentHashMap<>();

  private DemoCredentials(Path folder, TestAuthority authority, CallerAdmin admin) {
    this.folder = folder;
    this.authority = authority;
    this.admin = admin;
    this.node = authority.server();
  }

  /**
   * With nobody's key yet.
   *
   * @param folder that only this user can look into
   */
  static DemoCredentials create(Path folder, CallerAdmin admin) {
    return new DemoCredentials(folder, TestAuthority.create("Holdfast demo"), admin);
  }

  /** Has the nodes know these callers, by name. */
  void add(Map<String, Role> callers) throws InterruptedException {
    for (Map.Entry<String, Role> each : callers.entrySet()) {
      try {
        keys.put(
            each.getKey(),
            admin
                .add(each.getKey(), Set.of(each.getValue()), "demo")
                .get(BOUND_SECONDS, TimeUnit.SECONDS));
      } catch (ExecutionException | TimeoutException e) {
        throw new IllegalStateException("cannot add the caller " + each.getKey(), e);
      }
    }
  }

  /** Among each other nodes show their certificates; clients need not. */
  List<String> nodeOptions() {
    return List.of(
        "--tls-cert",
        node.chain().toString(),
        "--tls-key",
        node.key().toString(),
        "--tls-ca",
        authority.pem().toString(),
        "--client-auth",
        "request");
  }

  /** The nodes, for clients with a certificate of their own that call in the name of callers. */
  LoadTarget target(LoadBalancer nodes, ShardMap map) {
    TlsOptions clients =
        new TlsOptions(
            new TlsIdentity.Pem(authority.client("load")),
            Optional.of(authority.pem()),
            ClientAuth.NONE);
    return LoadTarget.open(nodes, map).secured(HttpTls.load(clients), name -> key(name).reveal());
  }

  private ApiKey key(String name) {
    ApiKey key = keys.get(name);
    if (key == null) {
      throw new IllegalStateException("the demo has no caller " + name);
    }
    return key;
  }

  /** The certificate of the authority. */
  Path authority() {
    return authority.pem();
  }

  /** Writes a caller's key where the commands of an operator read it. */
  Path keyFile(String name) throws IOException {
    Path file = folder.resolve(name + ".key");
    Files.writeString(file, key(name).reveal() + "\n", StandardCharsets.US_ASCII);
    return file;
  }

  @Override
  public void close() {
    authority.close();
  }
}
