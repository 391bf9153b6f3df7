package io.holdfast.coordination.security;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LoopbackTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "LocalHost:2379",
        "etcd.localhost:2379",
        "127.0.0.1",
        "127.1.2.3:2181",
        "[::1]",
        "[::1]:2379",
        "[0:0:0:0:0:0:0:1]:2379"
      })
  void isOn_thisMachine_true(String host) {
    assertThat(Loopback.isOn(host)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "etcd1",
        "etcd1:2379",
        "127.0.0.1.example.org:2379",
        "127.example.org",
        "notlocalhost",
        "localhost.example.org:2181",
        "10.0.0.1:2181",
        "[2001:db8::1]:2379",
        "[::]:2379"
      })
  void isOn_elsewhere_false(String host) {
    assertThat(Loopback.isOn(host)).isFalse();
  }
}
