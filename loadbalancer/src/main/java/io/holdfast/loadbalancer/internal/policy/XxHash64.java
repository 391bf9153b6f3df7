package io.holdfast.loadbalancer.internal.policy;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * XXH64, Yann Collet's 64-bit hash, after its published specification. The same in every process
 * and on every machine, so that all clients of a service send a key to the same instance.
 */
public final class XxHash64 {

  private static final long P1 = 0x9E3779B185EBCA87L;
  private static final long P2 = 0xC2B2AE3D27D4EB4FL;
  private static final long P3 = 0x165667B19E3779F9L;
  private static final long P4 = 0x85EBCA77C2B2AE63L;
  private static final long P5 = 0x27D4EB2F165667C5L;
  private static final int STRIPE = 32;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private XxHash64() {}

  /** Of the text in UTF-8. */
  public static long of(String text, long seed) {
    return of(text.getBytes(StandardCharsets.UTF_8), seed);
  }

  public static long of(byte[] data, long seed) {
    int at = 0;
    long hash;
    if (data.length >= STRIPE) {
      long a = seed + P1 + P2;
      long b = seed + P2;
      long c = seed;
      long d = seed - P1;
      for (; at <= data.length - STRIPE; at += STRIPE) {
        a = round(a, longAt(data, at));
        b = round(b, longAt(data, at + 8));
        c = round(c, longAt(data, at + 16));
        d = round(d, longAt(data, at + 24));
      }
      hash =
          Long.rotateLeft(a, 1)
              + Long.rotateLeft(b, 7)
              + Long.rotateLeft(c, 12)
              + Long.rotateLeft(d, 18);
      hash = merge(merge(merge(merge(hash, a), b), c), d);
    } else {
      hash = seed + P5;
    }
    return avalanche(tail(hash + data.length, data, at));
  }

  /**
   * Scrambles a number by the finishing step of XXH64, which turns neighbours into strangers. Not
   * the hash of its bytes.
   */
  static long mix(long number) {
    return avalanche(number ^ P5);
  }

  private static long tail(long before, byte[] data, int from) {
    long hash = before;
    int at = from;
    for (; at <= data.length - 8; at += 8) {
      hash = Long.rotateLeft(hash ^ round(0, longAt(data, at)), 27) * P1 + P4;
    }
    if (at <= data.length - 4) {
      long word = (int) INT.get(data, at) & 0xFFFF_FFFFL;
      hash = Long.rotateLeft(hash ^ (word * P1), 23) * P2 + P3;
      at += 4;
    }
    for (; at < data.length; at++) {
      hash = Long.rotateLeft(hash ^ ((data[at] & 0xFF) * P5), 11) * P1;
    }
    return hash;
  }

  private static long longAt(byte[] data, int at) {
    return (long) LONG.get(data, at);
  }

  private static long round(long lane, long input) {
    return Long.rotateLeft(lane + input * P2, 31) * P1;
  }

  private static long merge(long hash, long lane) {
    return (hash ^ round(0, lane)) * P1 + P4;
  }

  private static long avalanche(long number) {
    long hash = number;
    hash = (hash ^ (hash >>> 33)) * P2;
    hash = (hash ^ (hash >>> 29)) * P3;
    return hash ^ (hash >>> 32);
  }
}
