/**
 * {@code holdfast demo}: a payment cluster of processes under load, with one of them killed. {@link
 * io.holdfast.demo.DemoCommand} has the options, {@code DemoScenario} runs it. {@code DemoCommands}
 * adds the commands of this module to {@code holdfast}.
 */
@NullMarked
package io.holdfast.demo;

import org.jspecify.annotations.NullMarked;
