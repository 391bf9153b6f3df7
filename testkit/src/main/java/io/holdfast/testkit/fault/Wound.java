package io.holdfast.testkit.fault;

import java.util.function.BooleanSupplier;

/**
 * A fault that has been injected.
 *
 * @param what was hurt, for people
 * @param bites looks, from outside, whether the fault has an effect; asked until it has
 * @param heal ends it
 */
public record Wound(String what, BooleanSupplier bites, Runnable heal) {}
