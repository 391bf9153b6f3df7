package io.holdfast.spring.containers;

import io.holdfast.spring.boot.HoldfastConnectionDetails;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.testcontainers.service.connection.ContainerConnectionDetailsFactory;
import org.springframework.boot.testcontainers.service.connection.ContainerConnectionSource;
import org.testcontainers.containers.Container;

/** Makes the address of a store in a container; the namespace is {@code holdfast}. */
abstract sealed class StoreContainerFactory
    extends ContainerConnectionDetailsFactory<Container<?>, HoldfastConnectionDetails>
    permits EtcdContainerFactory, ZooKeeperContainerFactory {

  private final String scheme;
  private final int port;

  /**
   * A factory of one kind of store.
   *
   * @param names of images and of annotations
   * @param port inside the container
   */
  StoreContainerFactory(String scheme, int port, List<String> names) {
    super(names);
    this.scheme = scheme;
    this.port = port;
  }

  @Override
  protected HoldfastConnectionDetails getContainerConnectionDetails(
      ContainerConnectionSource<Container<?>> source) {
    return new Details(source, scheme, port);
  }

  private static final class Details extends ContainerConnectionDetails<Container<?>>
      implements HoldfastConnectionDetails {

    private final String scheme;
    private final int port;

    private Details(ContainerConnectionSource<Container<?>> source, String scheme, int port) {
      super(source);
      this.scheme = scheme;
      this.port = port;
    }

    @Override
    public String uri() {
      return "%s%s://%s:%d/holdfast"
          .formatted(
              scheme,
              sslBundle() == null ? "" : "+tls",
              getContainer().getHost(),
              getContainer().getMappedPort(port));
    }

    @Override
    public @Nullable SslBundle sslBundle() {
      return getSslBundle();
    }
  }
}
