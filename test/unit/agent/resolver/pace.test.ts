import { Pace } from "@overlaynet/agent/resolver/pace";
import { expect } from "chai";

describe("the pace of work that is wanted again and again", () => {
  let time = 1000;
  const turn = (pace: Pace, took: number): number => {
    pace.turn(() => (time += took));
    return pace.wait;
  };
  const paced = (): Pace => new Pace(0.2, () => time);

  it("leaves it a share of the time", () => {
    const pace = paced();
    turn(pace, 10);
    expect(turn(pace, 10)).to.equal(40);
    time += 30;
    expect(pace.wait).to.equal(10);
    time += 11;
    expect(pace.wait).to.equal(0);
  });

  it("does not wait for a turn that was slow once, the first of all for one", () => {
    const pace = paced();
    expect(turn(pace, 50)).to.equal(0);
    expect(turn(pace, 1)).to.equal(4);
    expect(turn(pace, 50)).to.equal(4);
    expect(turn(pace, 1)).to.equal(4);
  });

  it("waits when all turns are slow", () => {
    const pace = paced();
    turn(pace, 50);
    expect(turn(pace, 60)).to.equal(200);
    expect(turn(pace, 60)).to.equal(240);
  });

  it("waits after a turn that failed", () => {
    const pace = paced();
    turn(pace, 10);
    const failing = (): void => {
      pace.turn(() => {
        time += 10;
        throw new Error("failed");
      });
    };
    expect(failing).to.throw("failed");
    expect(pace.wait).to.equal(40);
  });
});
