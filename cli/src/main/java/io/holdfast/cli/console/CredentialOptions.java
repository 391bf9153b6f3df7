package io.holdfast.cli.console;

import io.holdfast.coordination.security.Credentials;
import io.holdfast.coordination.security.Secret;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options for TLS and for the login at the cluster. A password is never on a command line. */
final class CredentialOptions {

  private static final String PASSWORD_VARIABLE = "HOLDFAST_PASSWORD";

  @Option(
      names = "--tls-ca",
      paramLabel = "FILE",
      defaultValue = "${env:HOLDFAST_TLS_CA}",
      description =
          "with +tls: certificates (PEM) of the authorities that sign for the servers, instead of"
              + " those that this JVM trusts; by default $HOLDFAST_TLS_CA")
  private @Nullable Path authorities;

  @Option(
      names = "--tls-cert",
      paramLabel = "FILE",
      defaultValue = "${env:HOLDFAST_TLS_CERT}",
      description = "with +tls: our own certificate (PEM); by default $HOLDFAST_TLS_CERT")
  private @Nullable Path certificate;

  @Option(
      names = "--tls-key",
      paramLabel = "FILE",
      defaultValue = "${env:HOLDFAST_TLS_KEY}",
      description = "its private key (PEM, PKCS #8); by default $HOLDFAST_TLS_KEY")
  private @Nullable Path key;

  @Option(
      names = "--user",
      paramLabel = "NAME",
      defaultValue = "${env:HOLDFAST_USER}",
      description = "the user; by default $HOLDFAST_USER")
  private @Nullable String user;

  @Option(
      names = "--password-file",
      paramLabel = "FILE",
      defaultValue = "${env:HOLDFAST_PASSWORD_FILE}",
      description =
          "its first line is the password; by default $HOLDFAST_PASSWORD_FILE, and without one"
              + " the password is $HOLDFAST_PASSWORD")
  private @Nullable Path passwordFile;

  Credentials credentials() {
    Credentials credentials = Credentials.none();
    if (authorities != null) {
      credentials = credentials.withAuthorities(authorities);
    }
    if (certificate != null && key != null) {
      credentials = credentials.withCertificate(certificate, key);
    } else if (certificate != null || key != null) {
      throw new IllegalArgumentException("give --tls-cert and --tls-key together");
    }
    if (user != null) {
      credentials =
          credentials.withLogin(
              user,
              passwordFile == null
                  ? Secret.fromEnvironment(PASSWORD_VARIABLE)
                  : Secret.fromFile(passwordFile));
    } else if (passwordFile != null) {
      throw new IllegalArgumentException("whose password is in --password-file? Give --user too");
    }
    return credentials;
  }
}
