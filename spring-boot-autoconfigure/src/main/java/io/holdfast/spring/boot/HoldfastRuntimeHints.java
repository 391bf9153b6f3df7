package io.holdfast.spring.boot;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/**
 * What a native image must keep because it is found by name: the sockets of ZooKeeper's client, and
 * the backends.
 */
final class HoldfastRuntimeHints implements RuntimeHintsRegistrar {

  private static final List<String> BY_NAME =
      List.of(
          "org.apache.zookeeper.ClientCnxnSocketNetty",
          "org.apache.zookeeper.ClientCnxnSocketNIO",
          "org.apache.zookeeper.client.ZKClientConfig");

  @Override
  public void registerHints(RuntimeHints hints, @Nullable ClassLoader loader) {
    for (String name : BY_NAME) {
      hints
          .reflection()
          .registerTypeIfPresent(loader, name, MemberCategory.INVOKE_DECLARED_CONSTRUCTORS);
    }
    hints.resources().registerPattern("META-INF/services/io.holdfast.spi.BackendProvider");
  }
}
