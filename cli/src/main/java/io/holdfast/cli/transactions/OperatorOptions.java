package io.holdfast.cli.transactions;

import io.holdfast.cli.console.ClusterConnection;
import io.holdfast.cli.console.OperatorKeys;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.security.ClientCertificate;
import io.holdfast.coordination.security.Credentials;
import io.holdfast.coordination.security.Login;
import io.holdfast.coordination.security.Secret;
import io.holdfast.spi.AnonymousAccess;
import io.holdfast.transaction.OperatorIdentity;
import io.holdfast.transaction.OperatorIdentity.Voucher;
import io.holdfast.transaction.ProposedResolution;
import io.holdfast.transaction.ResolutionRefusedException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Who the operator is, by whoever can best tell: the list of operators with keys if there is one,
 * else the store if it is closed. Only where neither is there, a name may be given.
 */
final class OperatorOptions {

  @Option(
      names = "--operator-key-file",
      paramLabel = "FILE",
      defaultValue = "${env:HOLDFAST_OPERATOR_KEY_FILE}",
      description =
          "its first line is your own key, of a caller with the role operator (see holdfast callers);"
              + " needed as soon as there is such a caller; by default $HOLDFAST_OPERATOR_KEY_FILE."
              + " Without such callers you are whom you log in as at the cluster")
  private @Nullable Path keyFile;

  @Option(
      names = "--unvouched",
      paramLabel = "NAME",
      description =
          "your name, where nobody can vouch for it: there are no operators with keys, and the"
              + " cluster is open. Anybody could give any name then, and the audit trail says so")
  private @Nullable String unvouched;

  /**
   * Asks who it is.
   *
   * @throws IllegalArgumentException if nobody vouches for it, or somebody could and was not asked
   */
  OperatorIdentity identify(ClusterConnection connection, Coordinator coordinator) {
    Optional<OperatorKeys> keys = ServiceLoader.load(OperatorKeys.class).findFirst();
    Set<String> operators =
        keys.map(there -> connection.await(there.operators(coordinator))).orElse(Set.of());
    if (keys.isPresent() && !operators.isEmpty()) {
      return new OperatorIdentity(byKey(connection, coordinator, keys.get()), Voucher.KEY);
    }
    if (keyFile != null) {
      throw new IllegalArgumentException(
          "there are no operators with keys here: leave out --operator-key-file, or add them with"
              + " holdfast callers add NAME --role operator");
    }
    Optional<String> login = login(coordinator.options().credentials());
    boolean closed = login.isPresent() && isClosed(connection, coordinator);
    if (closed && unvouched != null) {
      throw new IllegalArgumentException(
          "the cluster vouches for you as " + login.get() + ": leave out --unvouched");
    }
    return closed
        ? new OperatorIdentity(login.get().replaceAll("[^A-Za-z0-9._:@/=,+-]", "_"), Voucher.STORE)
        : new OperatorIdentity(given(), Voucher.NOBODY);
  }

  private String byKey(ClusterConnection connection, Coordinator coordinator, OperatorKeys keys) {
    if (unvouched != null) {
      throw new IllegalArgumentException(
          "there are operators with keys: give --operator-key-file instead of --unvouched");
    }
    if (keyFile == null) {
      throw new IllegalArgumentException(
          "who are you? There are operators with keys: give --operator-key-file");
    }
    return connection.await(
        keys.owner(coordinator, new String(Secret.fromFile(keyFile).read()).strip()));
  }

  private String given() {
    if (unvouched == null) {
      throw new IllegalArgumentException(
          "nobody vouches for who you are, so one person could play both operators. Add operators"
              + " with holdfast callers add NAME --role operator, or close the cluster and log in"
              + " each as a user of your own; or say --unvouched NAME, which the audit trail tells");
    }
    return unvouched;
  }

  /** Whether those who do not log in are kept out; if not, a login tells nothing. */
  private static boolean isClosed(ClusterConnection connection, Coordinator coordinator) {
    return connection.await(coordinator.examine()).stream()
        .anyMatch(AnonymousAccess::tellsThatItIsClosed);
  }

  private static Optional<String> login(Credentials credentials) {
    return credentials
        .login()
        .map(Login::user)
        .or(() -> credentials.certificate().map(OperatorOptions::subject));
  }

  private static String subject(ClientCertificate own) {
    try (InputStream pem = Files.newInputStream(own.chain())) {
      X509Certificate first =
          (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(pem);
      return first.getSubjectX500Principal().getName();
    } catch (IOException | CertificateException e) {
      throw new IllegalArgumentException("cannot read the certificate " + own.chain(), e);
    }
  }

  /**
   * Checks that whoever has proposed something may still do so.
   *
   * @throws ResolutionRefusedException if not
   */
  static void checkProposer(
      ClusterConnection connection, Coordinator coordinator, ProposedResolution proposed) {
    if (proposed.by().voucher() != Voucher.KEY) {
      return;
    }
    boolean there =
        ServiceLoader.load(OperatorKeys.class)
            .findFirst()
            .map(keys -> connection.await(keys.operators(coordinator)))
            .orElse(Set.of())
            .contains(proposed.by().name());
    if (!there) {
      throw new ResolutionRefusedException(
          proposed.by() + " has proposed it, and is no operator any more: withdraw it");
    }
  }
}
