package io.holdfast.gateway.consul;

import io.holdfast.lock.LockGrant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A session of this gateway, and the keys that it has locked. */
final class LiveSession {

  final String id;
  final ConsulSessions.Definition definition;

  /** By key. */
  final Map<String, LockGrant> held = new ConcurrentHashMap<>();

  /** On the monotonic clock. */
  volatile long renewedAt = System.nanoTime();

  volatile boolean ended;

  LiveSession(String id, ConsulSessions.Definition definition) {
    this.id = id;
    this.definition = definition;
  }
}
