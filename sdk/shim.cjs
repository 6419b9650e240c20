"use strict";
// What the state of every resource holds as `__provider`: constant text, so that it never differs by itself, and no more than a
// way to today's code. Written by hand and never compiled; test/unit/sdk/shim.test.ts pins its serialised form. Requires the
// package that programs depend on, not one behind it: state is read from the program's folder, whatever the package manager hoists.
exports.overlay = {
  async configure(r) {
    return require("overlaynet/provider").overlay.configure(r);
  },
  async check(o, n) {
    return require("overlaynet/provider").overlay.check(o, n);
  },
  async diff(id, o, n) {
    return require("overlaynet/provider").overlay.diff(id, o, n);
  },
  async create(i) {
    return require("overlaynet/provider").overlay.create(i);
  },
  async read(id, p) {
    return require("overlaynet/provider").overlay.read(id, p);
  },
  async update(id, o, n) {
    return require("overlaynet/provider").overlay.update(id, o, n);
  },
  async delete(id, p) {
    return require("overlaynet/provider").overlay.delete(id, p);
  },
};
exports.container = {
  async configure(r) {
    return require("overlaynet/provider").container.configure(r);
  },
  async check(o, n) {
    return require("overlaynet/provider").container.check(o, n);
  },
  async diff(id, o, n) {
    return require("overlaynet/provider").container.diff(id, o, n);
  },
  async create(i) {
    return require("overlaynet/provider").container.create(i);
  },
  async read(id, p) {
    return require("overlaynet/provider").container.read(id, p);
  },
  async update(id, o, n) {
    return require("overlaynet/provider").container.update(id, o, n);
  },
  async delete(id, p) {
    return require("overlaynet/provider").container.delete(id, p);
  },
};
exports.neighEntry = {
  async configure(r) {
    return require("overlaynet/provider").neighEntry.configure(r);
  },
  async check(o, n) {
    return require("overlaynet/provider").neighEntry.check(o, n);
  },
  async diff(id, o, n) {
    return require("overlaynet/provider").neighEntry.diff(id, o, n);
  },
  async create(i) {
    return require("overlaynet/provider").neighEntry.create(i);
  },
  async read(id, p) {
    return require("overlaynet/provider").neighEntry.read(id, p);
  },
  async update(id, o, n) {
    return require("overlaynet/provider").neighEntry.update(id, o, n);
  },
  async delete(id, p) {
    return require("overlaynet/provider").neighEntry.delete(id, p);
  },
};
