package io.holdfast.spring.boot;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

/** The cluster that {@code holdfast.connect} names. */
final class PropertiesConnectionDetails implements HoldfastConnectionDetails {

  private final HoldfastProperties properties;
  private final ObjectProvider<SslBundles> bundles;

  PropertiesConnectionDetails(HoldfastProperties properties, ObjectProvider<SslBundles> bundles) {
    this.properties = properties;
    this.bundles = bundles;
  }

  @Override
  public String uri() {
    String connect = properties.connect();
    if (connect == null) {
      throw new InvalidConfigurationPropertyValueException(
          "holdfast.connect",
          null,
          "No cluster is named: set it to zookeeper://host1:2181,host2:2181/payments, for example."
              + " Or set holdfast.enabled to false.");
    }
    return connect;
  }

  @Override
  public @Nullable SslBundle sslBundle() {
    String name = properties.security().sslBundle();
    return name == null ? null : bundles.getObject().getBundle(name);
  }
}
