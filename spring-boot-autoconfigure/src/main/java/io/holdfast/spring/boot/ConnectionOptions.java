package io.holdfast.spring.boot;

import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Owner;
import io.holdfast.coordination.security.Credentials;
import io.holdfast.coordination.security.Secret;
import org.jspecify.annotations.Nullable;

/** Makes the options of a connection from {@code holdfast.*}; for the packages beside this one. */
public final class ConnectionOptions {

  private ConnectionOptions() {}

  /**
   * The options, without the SSL bundle, which cannot be had before there is a context.
   *
   * @param application the owner, unless the properties name one
   */
  public static CoordinatorOptions of(HoldfastProperties properties, @Nullable String application) {
    String owner = properties.owner() != null ? properties.owner() : application;
    return new CoordinatorOptions(
        owner == null || owner.isBlank() ? Owner.thisProcess() : Owner.thisProcess(owner),
        properties.sessionTimeout(),
        properties.connectTimeout(),
        properties.requestTimeout(),
        credentials(properties.security()));
  }

  private static Credentials credentials(HoldfastProperties.Security security) {
    Credentials credentials = Credentials.none();
    if (security.user() == null) {
      return credentials;
    }
    return credentials.withLogin(security.user(), password(security));
  }

  private static Secret password(HoldfastProperties.Security security) {
    if (security.passwordFile() != null) {
      return Secret.fromFile(security.passwordFile());
    }
    String password = security.password();
    return Secret.of(password == null ? new char[0] : password.toCharArray());
  }
}
