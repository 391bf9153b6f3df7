package io.holdfast.spring.containers;

import java.util.List;

/** For images of Etcd, and for containers with {@code @ServiceConnection("etcd")}. */
final class EtcdContainerFactory extends StoreContainerFactory {

  EtcdContainerFactory() {
    super("etcd", 2379, List.of("etcd", "coreos/etcd"));
  }
}
