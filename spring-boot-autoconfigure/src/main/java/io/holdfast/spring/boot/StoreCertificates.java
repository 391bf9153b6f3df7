package io.holdfast.spring.boot;

import io.holdfast.coordination.security.Credentials;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

/** The certificates of the connection, if an SSL bundle has them, as files until it is closed. */
final class StoreCertificates implements AutoCloseable {

  private final @Nullable BundleFiles files;

  StoreCertificates(
      HoldfastProperties.Security security,
      HoldfastConnectionDetails details,
      ObjectProvider<SslBundles> bundles) {
    SslBundle bundle = details.sslBundle();
    BundleFiles written = bundle == null ? null : new BundleFiles(bundle);
    this.files = written;
    String name = security.sslBundle();
    if (written != null && name != null) {
      bundles.getObject().addBundleUpdateHandler(name, written::reload);
    }
  }

  /** The login of {@code credentials}, and the certificates of the bundle if there is one. */
  Credentials with(Credentials credentials) {
    if (files == null) {
      return credentials;
    }
    Credentials own = files.credentials();
    return new Credentials(own.authorities(), own.certificate(), credentials.login());
  }

  @Override
  public void close() {
    if (files != null) {
      files.close();
    }
  }
}
