import { render } from 'preact';
import { App } from './app';
import { Live } from './live';
import 'uplot/dist/uPlot.min.css';
import './style.css';

const live = new Live();
live.start();
const root = document.getElementById('app');
if (root) render(<App live={live} />, root);
